import { linear, type AnyCanvas, type Context2D } from './canvas';
import { paintFirs } from './firs';
import { DESIGN_HEIGHT, DESIGN_WIDTH, fillBelow, layeredNoise, mix, paintDesign, paintField, paintGlow, smoothstep } from './tools';

const SUN = { x: 1360, y: 260 };

/** Slopes of the valley from far to near: middle height, swing, trees' height and spacing, and two colours. */
const SLOPES = [
  { y: 470, swing: 130, height: 0, spacing: 0, top: '#b4cdc4', bottom: '#dfe6d6' },
  { y: 545, swing: 150, height: 46, spacing: 11, top: '#8fb3ac', bottom: '#cfdccd' },
  { y: 640, swing: 170, height: 84, spacing: 17, top: '#64918d', bottom: '#b3cabd' },
  { y: 765, swing: 190, height: 140, spacing: 27, top: '#3c6c6b', bottom: '#86a99e' },
  { y: 900, swing: 190, height: 230, spacing: 46, top: '#1d474b', bottom: '#4d7673' },
  { y: 1080, swing: 150, height: 370, spacing: 84, top: '#0b2a31', bottom: '#123b42' },
] as const;

function paintSky(context: Context2D): void {
  context.fillStyle = linear(context, [0, 0, 0, 700], [[0, '#8fb9c6'], [0.4, '#c4d8d2'], [0.75, '#f1ead2'], [1, '#f8e2bd']]);
  context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
  paintGlow(context, { ...SUN, radius: 980, rgb: '255 236 190', strength: 0.85 });
  paintGlow(context, { ...SUN, radius: 190, rgb: '255 252 236', strength: 1 });
}

/** Mist that lies on a slope: long drifts, thicker below. */
function paintMist(context: Context2D, y: number, strength: number, seed: number): void {
  paintField(context, { x: 0, y: y - 130, width: DESIGN_WIDTH, height: 330, step: 6 }, (x, at) => {
    const drift = layeredNoise(x / 420, at / 90, 5, seed);
    const band = smoothstep(y - 130, y + 60, at) * smoothstep(y + 200, y + 70, at);
    const warm = Math.exp(-(((x - SUN.x) / 700) ** 2));
    return [mix(226, 255, warm), mix(236, 240, warm), mix(228, 208, warm), strength * band * smoothstep(0.25, 0.7, drift)];
  });
}

/** A valley of firs in morning mist. */
export function drawForest(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintSky(context);
    for (const [index, slope] of SLOPES.entries()) {
      const side = index % 2 ? 1 : -1;
      const base = (x: number): number =>
        slope.y + slope.swing * (layeredNoise(x / (700 - 60 * index), index, 4, 40 + index) - 0.5) -
        slope.swing * 0.55 * side * (x / DESIGN_WIDTH - 0.5);
      const fill = linear(context, [0, slope.y - slope.swing - slope.height, 0, slope.y + 190], [[0, slope.top], [1, slope.bottom]]);
      if (slope.height > 0) {
        paintFirs(context, { base, height: slope.height, spacing: slope.spacing, seed: 140 + 9 * index, fill });
      } else {
        context.fillStyle = fill;
        fillBelow(context, base);
      }
      if (index < SLOPES.length - 1) paintMist(context, slope.y + 60, mix(0.85, 0.42, index / 4), 70 + index);
    }
    paintGlow(context, { ...SUN, radius: 900, rgb: '255 228 170', strength: 0.3 });
  });
}
