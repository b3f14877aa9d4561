import { linear, type AnyCanvas, type Context2D } from './canvas';
import { DESIGN_HEIGHT, DESIGN_WIDTH, fillBelow, paintDesign, paintGlow } from './tools';

interface Ribbon {
  /** Middle height, swing and length of the wave in design units, its phase in radians, and its slope. */
  y: number; swing: number; length: number; phase: number; slope: number;
  left: string; middle: string; right: string;
}

const RIBBONS: readonly Ribbon[] = [
  { y: 260, swing: 90, length: 1500, phase: 0.4, slope: -0.1, left: '#2f3f96', middle: '#4450a8', right: '#7a5bb8' },
  { y: 400, swing: 105, length: 1300, phase: 1.7, slope: -0.06, left: '#2b57a6', middle: '#5b5fc0', right: '#a266bf' },
  { y: 540, swing: 110, length: 1650, phase: 3.0, slope: -0.12, left: '#2377b0', middle: '#7a6ccb', right: '#d173b0' },
  { y: 670, swing: 95, length: 1400, phase: 4.4, slope: -0.05, left: '#1f97b3', middle: '#a07bc4', right: '#f0839b' },
  { y: 800, swing: 90, length: 1700, phase: 5.6, slope: -0.09, left: '#25b3ae', middle: '#d090ae', right: '#fb9f86' },
  { y: 930, swing: 80, length: 1350, phase: 7.2, slope: -0.04, left: '#4fcab0', middle: '#f0b09a', right: '#ffc08a' },
];

const ribbonY = ({ y, swing, length, phase, slope }: Ribbon, x: number): number =>
  y + slope * (x - DESIGN_WIDTH / 2) + swing * Math.sin((2 * Math.PI * x) / length + phase) +
  swing * 0.28 * Math.sin((4.6 * Math.PI * x) / length + phase * 1.7);

function paintRibbon(context: Context2D, ribbon: Ribbon): void {
  const scale = context.getTransform().a;
  context.save();
  context.shadowColor = 'rgb(14 12 54 / 42%)';
  context.shadowBlur = 70 * scale;
  context.shadowOffsetY = -14 * scale;
  context.fillStyle = linear(context, [0, ribbon.y, DESIGN_WIDTH, ribbon.y - 120], [
    [0, ribbon.left], [0.5, ribbon.middle], [1, ribbon.right],
  ]);
  fillBelow(context, (x) => ribbonY(ribbon, x));
  context.restore();
  context.save();
  context.clip();
  paintEdgeLight(context, ribbon);
  context.restore();
}

/** A sheen that fades downwards from the ribbon's upper edge. */
function paintEdgeLight(context: Context2D, ribbon: Ribbon): void {
  context.lineJoin = 'round';
  for (const [width, alpha] of [[150, 2.2], [100, 2.6], [60, 3.2], [32, 4], [14, 6], [3, 16]] as const) {
    context.beginPath();
    for (let x = -20; x <= DESIGN_WIDTH + 20; x += 8) context.lineTo(x, ribbonY(ribbon, x));
    context.lineWidth = width;
    context.strokeStyle = `rgb(255 255 255 / ${alpha}%)`;
    context.stroke();
  }
}

/** Layered ribbons of colour, from deep blue to coral. */
export function drawWaves(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    context.fillStyle = linear(context, [0, 0, DESIGN_WIDTH, 500], [[0, '#1b2366'], [0.6, '#35307e'], [1, '#5d3f96']]);
    context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
    paintGlow(context, { x: 1500, y: 60, radius: 800, rgb: '190 120 220', strength: 0.45 });
    for (const ribbon of RIBBONS) paintRibbon(context, ribbon);
    paintGlow(context, { x: 200, y: 1000, radius: 700, rgb: '120 255 220', strength: 0.16 });
  });
}
