import type { AnyCanvas } from './canvas';
import { DESIGN_HEIGHT, DESIGN_WIDTH, layeredNoise, mix, paintDesign, paintField } from './tools';

type Rgb = readonly [number, number, number];

/** Lights of one colour each; `x` and `y` 0…1 of the picture, `reach` in picture widths. */
const LIGHTS: readonly { x: number; y: number; reach: number; rgb: Rgb }[] = [
  { x: 0.06, y: 0.1, reach: 0.36, rgb: [96, 124, 158] },
  { x: 0.5, y: 0.0, reach: 0.36, rgb: [150, 168, 190] },
  { x: 0.98, y: 0.12, reach: 0.36, rgb: [206, 192, 196] },
  { x: 0.02, y: 0.9, reach: 0.36, rgb: [62, 92, 122] },
  { x: 0.5, y: 0.62, reach: 0.3, rgb: [134, 150, 176] },
  { x: 0.96, y: 0.94, reach: 0.4, rgb: [222, 178, 152] },
];

/** Every light counts by its nearness, so that no edge shows anywhere. */
function colourAt(x: number, y: number): Rgb {
  const sum = [0, 0, 0];
  let weights = 0;
  for (const light of LIGHTS) {
    const distance = Math.hypot(x - light.x, (y - light.y) * (DESIGN_HEIGHT / DESIGN_WIDTH)) / light.reach;
    const weight = Math.exp(-2.2 * distance * distance);
    weights += weight;
    for (let channel = 0; channel < 3; channel += 1) sum[channel]! += weight * light.rgb[channel]!;
  }
  return [sum[0]! / weights, sum[1]! / weights, sum[2]! / weights];
}

/** Calm colours that run into each other, from slate blue to sand. */
export function drawGradient(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintField(context, { x: 0, y: 0, width: DESIGN_WIDTH, height: DESIGN_HEIGHT, step: 10 }, (x, y) => {
      const bend = layeredNoise(x / 900, y / 700, 2, 7) - 0.5;
      const sway = layeredNoise(x / 800 + 5, y / 900, 2, 17) - 0.5;
      const [red, green, blue] = colourAt(x / DESIGN_WIDTH + 0.22 * bend, y / DESIGN_HEIGHT + 0.3 * sway);
      const lift = mix(1.05, 0.96, y / DESIGN_HEIGHT);
      return [red * lift, green * lift, blue * lift, 1];
    });
  });
}
