import { linear, scatter, type AnyCanvas, type Context2D } from '../drawn-sample/canvas.ts';
import { DESIGN_HEIGHT, DESIGN_WIDTH, layeredNoise, mix, paintDesign, paintField, paintGlow, paintSoft, smoothstep } from './tools.ts';

const LIGHT = { x: 640, y: 300 };

/** Straight trunks of one distance; `near` is 0 for the farthest and 1 for the nearest. */
function paintTrunks(context: Context2D, near: number, seed: number): void {
  const count = Math.round(mix(46, 9, near));
  const colour = [mix(186, 26, near), mix(202, 44, near), mix(170, 38, near)].map(Math.round).join(' ');
  for (let index = 0; index < count; index += 1) {
    const x = ((index + 0.15 + 0.7 * scatter(index, seed)) / count) * DESIGN_WIDTH;
    if (near > 0.6 && Math.abs(x - LIGHT.x) < 200) continue;
    const width = mix(9, 74, near ** 1.4) * (0.65 + 0.7 * scatter(index, seed + 1));
    const lean = (scatter(index, seed + 2) - 0.5) * mix(14, 50, near);
    const foot = mix(700, 1060, near) + 30 * scatter(index, seed + 3);
    context.beginPath();
    context.moveTo(x - width * 0.36 + lean, -20);
    context.bezierCurveTo(x - width * 0.4, foot * 0.4, x - width * 0.46, foot * 0.8, x - width * 0.95, foot + width * 0.2);
    context.lineTo(x + width * 0.95, foot + width * 0.2);
    context.bezierCurveTo(x + width * 0.46, foot * 0.8, x + width * 0.4, foot * 0.4, x + width * 0.36 + lean, -20);
    context.closePath();
    const lit = x < LIGHT.x ? [1, 0] as const : [0, 1] as const;
    context.fillStyle = linear(context, [x - width / 2, 0, x + width / 2, 0], [
      [lit[1], `rgb(${[mix(208, 96, near), mix(216, 92, near), mix(172, 58, near)].map(Math.round).join(' ')})`],
      [0.5, `rgb(${colour})`], [lit[0], `rgb(${colour})`],
    ]);
    context.fill();
  }
}

/** Leaves as soft clumps, thick at the top and thin towards the light. */
function paintLeaves(context: Context2D, near: number, seed: number): void {
  const size = mix(60, 130, near);
  paintField(context, { x: 0, y: 0, width: DESIGN_WIDTH, height: 620, step: 4 }, (x, y) => {
    const reach = mix(430, 300, near) + 170 * (layeredNoise(x / 300, near, 3, seed) - 0.5);
    const clump = layeredNoise(x / size, y / size, 6, seed + 4);
    const cover = smoothstep(0.02, 0.14, clump - 0.4 - 0.5 * (y / reach - 0.62));
    const towardsLight = Math.exp(-(((x - LIGHT.x) / 420) ** 2 + ((y - LIGHT.y) / 330) ** 2));
    const glow = smoothstep(0.35, 0.75, layeredNoise(x / 22, y / 22, 3, seed + 9)) * 0.6 + towardsLight * 0.5;
    return [mix(mix(150, 30, near), 236, glow * 0.6), mix(mix(182, 64, near), 240, glow * 0.6), mix(mix(120, 36, near), 130, glow * 0.5), cover * mix(0.85, 1, near) * (1 - 0.72 * towardsLight)];
  });
}

function paintMist(context: Context2D, y: number, strength: number): void {
  context.fillStyle = linear(context, [0, y - 360, 0, y + 130], [
    [0, 'rgb(240 240 208 / 0%)'], [0.75, `rgb(240 240 208 / ${strength * 100}%)`], [1, 'rgb(240 240 208 / 0%)'],
  ]);
  context.fillRect(0, y - 360, DESIGN_WIDTH, 490);
}

/** The forest floor with ferns and moss, darker in front. */
function paintFloor(context: Context2D): void {
  paintField(context, { x: 0, y: 640, width: DESIGN_WIDTH, height: 440, step: 4 }, (x, y) => {
    const depth = (y - 640) / 440;
    const lumps = layeredNoise(x / mix(50, 150, depth), y / mix(14, 52, depth), 5, 300);
    const edge = smoothstep(0, 0.12, depth - 0.1 * layeredNoise(x / 130, 0, 3, 310));
    const sun = smoothstep(0.52, 0.74, lumps) * Math.exp(-(((x - LIGHT.x - 120) / 620) ** 2)) * (1 - 0.45 * depth);
    const shade = 0.65 + 0.7 * (lumps - 0.5);
    return [mix(mix(150, 34, depth ** 0.7) * shade, 238, sun * 0.7), mix(mix(170, 60, depth ** 0.7) * shade, 232, sun * 0.7), mix(mix(96, 32, depth ** 0.7) * shade, 128, sun * 0.6), edge];
  });
}

/** Beams of light through the leaves. */
function paintBeams(context: Context2D): void {
  context.save();
  context.globalCompositeOperation = 'screen';
  for (let index = 0; index < 13; index += 1) {
    const angle = 0.18 + 0.95 * (index / 12) + 0.05 * scatter(index, 400);
    const spread = 0.012 + 0.03 * scatter(index, 401);
    const [x, y] = [LIGHT.x - 40, LIGHT.y - 330];
    context.fillStyle = linear(context, [x, y, x + Math.cos(angle) * 1250, y + Math.sin(angle) * 1250], [
      [0, `rgb(255 246 196 / ${26 + 18 * scatter(index, 402)}%)`], [1, 'rgb(255 246 196 / 0%)'],
    ]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + Math.cos(angle - spread) * 1500, y + Math.sin(angle - spread) * 1500);
    context.lineTo(x + Math.cos(angle + spread) * 1500, y + Math.sin(angle + spread) * 1500);
    context.fill();
  }
  context.restore();
}

/** A forest in morning mist. */
export function drawForest(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    context.fillStyle = linear(context, [0, 0, 0, DESIGN_HEIGHT], [[0, '#dfe7c2'], [0.55, '#f2efcf'], [1, '#b9c79a']]);
    context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
    paintGlow(context, { ...LIGHT, radius: 900, rgb: '255 250 214', strength: 0.95 });
    paintSoft(context, 2, (soft) => {
      paintTrunks(soft, 0, 200);
      paintLeaves(soft, 0, 210);
    });
    paintMist(context, 690, 0.7);
    paintSoft(context, 1, (soft) => {
      paintTrunks(soft, 0.35, 220);
      paintLeaves(soft, 0.4, 230);
    });
    paintMist(context, 760, 0.6);
    paintFloor(context);
    paintSoft(context, 1, (soft) => paintTrunks(soft, 0.62, 240));
    paintSoft(context, 2, paintBeams);
    paintSoft(context, 1, (soft) => {
      paintTrunks(soft, 1, 250);
      paintLeaves(soft, 1, 260);
    });
    paintGlow(context, { ...LIGHT, radius: 760, rgb: '255 244 190', strength: 0.4 });
  });
}
