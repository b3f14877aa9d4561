import { linear, scatter, type AnyCanvas, type Context2D } from './canvas';
import { DESIGN_HEIGHT, DESIGN_WIDTH, fillBelow, layeredNoise, mix, paintDesign, paintField, paintGlow, smoothstep } from './tools';

const HORIZON = 560;
const SUN = { x: 1270, y: 520 };

function paintSky(context: Context2D): void {
  context.fillStyle = linear(context, [0, 0, 0, HORIZON], [
    [0, '#232a5c'], [0.28, '#4d4583'], [0.52, '#a05f96'], [0.72, '#e0828a'], [0.88, '#f8ab7d'], [1, '#ffd08c'],
  ]);
  // Below the horizon too: no scale may leave a seam between sky and sea.
  context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
  paintGlow(context, { ...SUN, radius: 900, rgb: '255 196 130', strength: 0.55 });
  paintGlow(context, { ...SUN, radius: 330, rgb: '255 236 190', strength: 0.75 });
}

/** Long thin clouds, lit from below near the sun. */
function paintClouds(context: Context2D): void {
  paintField(context, { x: 0, y: 0, width: DESIGN_WIDTH, height: HORIZON, step: 5 }, (x, y) => {
    const bend = 60 * layeredNoise(x / 700, 3, 2, 5);
    const thickness = layeredNoise(x / 520, (y + bend) / 62, 5, 40);
    const cover = smoothstep(0.52, 0.78, thickness) * smoothstep(0, 180, y) * (0.35 + 0.65 * smoothstep(80, 420, y));
    const near = Math.exp(-(((x - SUN.x) / 640) ** 2)) * smoothstep(60, 480, y);
    return [mix(178, 255, near), mix(108, 186, near), mix(150, 138, near), 0.78 * cover];
  });
}

function paintSun(context: Context2D): void {
  context.fillStyle = linear(context, [0, SUN.y - 46, 0, SUN.y + 40], [[0, '#fffbe6'], [1, '#ffd896']]);
  context.beginPath();
  context.arc(SUN.x, SUN.y, 44, 0, 2 * Math.PI);
  context.fill();
}

function paintHeadlands(context: Context2D): void {
  const far = (x: number): number => HORIZON + 4 - 92 * smoothstep(760, 0, x) * (0.55 + 0.6 * layeredNoise(x / 190, 1, 4, 70));
  const near = (x: number): number => HORIZON + 8 - 150 * smoothstep(430, -40, x) * (0.5 + 0.7 * layeredNoise(x / 120, 2, 5, 74));
  context.fillStyle = linear(context, [0, 440, 0, HORIZON], [[0, '#7c5484'], [1, '#b0708a']]);
  fillBelow(context, far);
  context.fillStyle = linear(context, [0, 400, 0, HORIZON], [[0, '#4a3a66'], [1, '#76507a']]);
  fillBelow(context, near);
}

function paintSea(context: Context2D): void {
  context.fillStyle = linear(context, [0, HORIZON, 0, 900], [
    [0, '#f0b48c'], [0.08, '#c98a94'], [0.35, '#7d6796'], [0.75, '#4d578c'], [1, '#465a88'],
  ]);
  context.fillRect(0, HORIZON, DESIGN_WIDTH, DESIGN_HEIGHT - HORIZON);
  paintField(context, { x: 0, y: HORIZON, width: DESIGN_WIDTH, height: 350, step: 2.5 }, (x, y) => {
    const distance = 900 / (y - HORIZON + 7);
    const ripple = layeredNoise((x - DESIGN_WIDTH / 2) * distance * 0.0026 + 40, distance * 4.2, 4, 12) - 0.5;
    const strength = smoothstep(0, 60, y - HORIZON) * 0.5 + 0.5;
    return ripple > 0 ? [255, 190, 170, ripple * strength] : [24, 30, 88, -ripple * 1.05 * strength];
  });
}

/** The sun's road on the water: short bright dashes that widen towards the shore. */
function paintGlitter(context: Context2D): void {
  for (let index = 0; index < 900; index += 1) {
    const depth = scatter(index, 1) ** 1.5;
    const y = HORIZON + 3 + depth * 330;
    const spread = mix(26, 150, depth);
    const offset = scatter(index, 2) + scatter(index, 3) + scatter(index, 4) - 1.5;
    const width = mix(5, 34, depth) * (0.5 + scatter(index, 5));
    const alpha = mix(0.75, 0.3, depth) * (1 - Math.abs(offset) * 0.55) * (0.4 + 0.6 * scatter(index, 6));
    context.fillStyle = `rgb(255 ${Math.round(mix(226, 196, depth))} ${Math.round(mix(168, 150, depth))} / ${(alpha * 100).toFixed(1)}%)`;
    context.beginPath();
    context.ellipse(SUN.x + offset * spread, y, width, mix(0.8, 2.6, depth), 0, 0, 2 * Math.PI);
    context.fill();
  }
}

const shoreline = (x: number): number =>
  880 + 42 * Math.sin(x / 540 + 0.6) + 16 * Math.sin(x / 170) + 9 * layeredNoise(x / 60, 0, 3, 8);

/** Wet sand that mirrors the sky, dry sand in front, and the foam's edge between water and beach. */
function paintBeach(context: Context2D): void {
  context.fillStyle = linear(context, [0, 840, 0, DESIGN_HEIGHT], [[0, '#b98498'], [0.35, '#a87a86'], [0.7, '#8d6a70'], [1, '#6d545f']]);
  fillBelow(context, shoreline);
  paintGlow(context, { x: SUN.x, y: 930, radius: 420, rgb: '255 190 140', strength: 0.42 });
  context.fillStyle = linear(context, [0, 980, 0, DESIGN_HEIGHT], [[0, '#9b7471'], [1, '#5f4a50']]);
  fillBelow(context, (x) => shoreline(x) + 78 + 26 * Math.sin(x / 330 + 2));
  paintField(context, { x: 0, y: 860, width: DESIGN_WIDTH, height: 220, step: 2 }, (x, y) => {
    const dry = smoothstep(60, 110, y - shoreline(x));
    const lump = 0.5 * layeredNoise(x / 190, y / 34, 3, 60) + 0.5 * layeredNoise(x / 16, y / 6, 3, 64) - 0.5;
    return lump > 0 ? [255, 210, 176, lump * 0.5 * dry] : [44, 26, 46, -lump * 0.7 * dry];
  });
}

function paintFoam(context: Context2D): void {
  for (const [lift, alpha, thickness] of [[0, 0.8, 6], [-9, 0.3, 4], [-40, 0.3, 3.5], [-92, 0.16, 2.5]] as const) {
    context.beginPath();
    for (let x = -10; x <= DESIGN_WIDTH + 10; x += 5) context.lineTo(x, shoreline(x + lift * 6) + lift);
    for (let x = DESIGN_WIDTH + 10; x >= -10; x -= 5) {
      context.lineTo(x, shoreline(x + lift * 6) + lift - thickness * 2.4 * layeredNoise(x / 38, lift, 5, 33) ** 2 * (0.5 + layeredNoise(x / 210, lift, 2, 35)));
    }
    context.closePath();
    context.fillStyle = `rgb(255 236 224 / ${alpha * 100}%)`;
    context.fill();
  }
}

/** A wide beach after sunset. */
export function drawBeach(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintSky(context);
    paintClouds(context);
    paintSun(context);
    paintHeadlands(context);
    paintSea(context);
    paintGlitter(context);
    paintBeach(context);
    paintFoam(context);
  });
}
