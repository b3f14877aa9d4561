import { linear, scatter, type AnyCanvas, type Context2D } from './canvas';
import { DESIGN_HEIGHT, DESIGN_WIDTH, mix, paintDesign, paintGlow, paintSoft } from './tools';

const WARM = ['255 190 92', '255 214 140', '255 166 92', '255 236 200', '255 200 120'];
const COLD = ['120 190 255', '110 232 226', '190 150 255', '255 120 176'];

function paintSky(context: Context2D): void {
  context.fillStyle = linear(context, [0, 0, 0, DESIGN_HEIGHT], [
    [0, '#0b1230'], [0.4, '#1d2656'], [0.62, '#4a3a70'], [0.74, '#7d4c74'], [1, '#1a1836'],
  ]);
  context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
  paintGlow(context, { x: 1150, y: 720, radius: 900, rgb: '255 140 110', strength: 0.42 });
}

/** Towers of one distance with lit windows; `near` is 0…1. */
function paintTowers(context: Context2D, near: number, seed: number): void {
  const colour = [mix(64, 16, near), mix(56, 18, near), mix(104, 42, near)].map(Math.round).join(' ');
  let x = -40;
  for (let index = 0; x < DESIGN_WIDTH; index += 1) {
    const width = mix(60, 150, near) * (0.7 + 0.8 * scatter(index, seed));
    const top = mix(330, 430, near) + 320 * scatter(index, seed + 1);
    context.fillStyle = linear(context, [0, top, 0, 860], [[0, `rgb(${colour})`], [1, `rgb(${[mix(110, 34, near), mix(72, 28, near), mix(112, 58, near)].map(Math.round).join(' ')})`]]);
    context.fillRect(x, top, width, DESIGN_HEIGHT);
    paintWindows(context, { x, top, width, cell: mix(13, 24, near), seed: seed + 7 * index });
    x += width + mix(4, -6, near) * scatter(index, seed + 2);
  }
}

function paintWindows(context: Context2D, { x, top, width, cell, seed }: { x: number; top: number; width: number; cell: number; seed: number }): void {
  const columns = Math.floor((width - cell * 0.6) / cell);
  for (let row = 0; top + (row + 1) * cell * 1.3 < 880; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const chance = scatter(row * 61 + column, seed);
      if (chance < 0.62) continue;
      const rgb = chance > 0.97 ? COLD[row % COLD.length] : WARM[(row + column) % WARM.length];
      context.fillStyle = `rgb(${rgb} / ${40 + 60 * scatter(row * 61 + column, seed + 1)}%)`;
      context.fillRect(x + cell * (0.45 + column), top + cell * (0.6 + row * 1.3), cell * 0.58, cell * 0.72);
    }
  }
}

/** A light out of focus: a disc with a slightly brighter rim, as a lens draws it. */
function paintDisc(context: Context2D, { x, y, radius, rgb, strength }: { x: number; y: number; radius: number; rgb: string; strength: number }): void {
  const gradient = context.createRadialGradient(x, y, 0, x, y, radius);
  const at = (share: number): string => `rgb(${rgb} / ${(strength * share * 100).toFixed(2)}%)`;
  gradient.addColorStop(0, at(0.62));
  gradient.addColorStop(0.78, at(0.74));
  gradient.addColorStop(0.92, at(1));
  gradient.addColorStop(0.97, at(0.85));
  gradient.addColorStop(1, at(0));
  context.fillStyle = gradient;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function paintLights(context: Context2D, count: number, seed: number): void {
  context.save();
  context.globalCompositeOperation = 'screen';
  for (let index = 0; index < count; index += 1) {
    const low = scatter(index, seed);
    const y = mix(470, 960, Math.sqrt(low)) + 40 * (scatter(index, seed + 1) - 0.5);
    const palette = scatter(index, seed + 2) < 0.74 ? WARM : COLD;
    paintDisc(context, {
      x: scatter(index, seed + 3) * DESIGN_WIDTH, y,
      radius: mix(12, 58, scatter(index, seed + 4) ** 1.6) * mix(0.7, 1.25, low),
      rgb: palette[Math.floor(scatter(index, seed + 5) * palette.length)] ?? '255 190 92',
      strength: mix(0.16, 0.55, scatter(index, seed + 6) ** 1.5),
    });
  }
  context.restore();
}

/** The city below a window at night, out of focus. */
export function drawCity(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintSky(context);
    paintSoft(context, 3, (soft) => paintTowers(soft, 0, 510));
    paintGlow(context, { x: 700, y: 840, radius: 800, rgb: '255 150 120', strength: 0.28 });
    paintSoft(context, 3, (soft) => paintTowers(soft, 1, 530));
    paintLights(context, 150, 500);
    context.fillStyle = linear(context, [0, 760, 0, DESIGN_HEIGHT], [[0, 'rgb(10 10 30 / 0%)'], [1, 'rgb(10 10 30 / 78%)']]);
    context.fillRect(0, 760, DESIGN_WIDTH, 320);
  });
}
