import { linear, type AnyCanvas, type Context2D } from './canvas';
import { paintFirs } from './firs';
import { createLayer, DESIGN_HEIGHT, DESIGN_WIDTH, fillBelow, layeredNoise, mix, noise, paintDesign, paintField, paintGlow, smoothstep } from './tools';

const SHORE = 660;

function paintSky(context: Context2D): void {
  context.fillStyle = linear(context, [0, 0, 0, SHORE], [
    [0, '#3f7fc0'], [0.35, '#86b4dc'], [0.65, '#cfdfe8'], [0.85, '#f6e6d2'], [1, '#fbdcb8'],
  ]);
  context.fillRect(0, 0, DESIGN_WIDTH, SHORE);
  paintGlow(context, { x: 420, y: 420, radius: 760, rgb: '255 236 200', strength: 0.7 });
  paintField(context, { x: 0, y: 0, width: DESIGN_WIDTH, height: 430, step: 5 }, (x, y) => {
    const cover = smoothstep(0.5, 0.82, layeredNoise(x / 420 + 9, y / 120, 5, 21)) * smoothstep(430, 160, y);
    return [255, 250, 244, 0.75 * cover];
  });
}

/** Height of the snow range: one high peak, lower ones beside it. */
function rangeY(x: number): number {
  const peak = (middle: number, width: number, height: number): number => height * Math.max(0, 1 - Math.abs(x - middle) / width) ** 1.12;
  const rise = Math.max(peak(1240, 560, 450), peak(700, 420, 300), peak(1720, 420, 330), peak(240, 480, 250), 60);
  return SHORE - 40 - rise - 70 * (layeredNoise(x / 90, 0, 6, 3) - 0.5);
}

/** A noise of sharp crests, 0…1. */
const crests = (x: number, y: number, seed: number): number => {
  let sum = 0;
  for (let octave = 0; octave < 5; octave += 1) {
    sum += (1 - Math.abs(2 * noise(x * 2 ** octave, y * 2 ** octave, seed + octave) - 1)) * 0.5 ** (octave + 1);
  }
  return sum;
};

/** Rock and snow, lit from the left: the slope of a field of crests that run down the mountain decides the light. */
function paintRange(context: Context2D): void {
  const relief = (x: number, y: number): number => crests((x + 0.36 * y) / 150, (y - 0.25 * x) / 300, 55);
  paintField(context, { x: 0, y: 120, width: DESIGN_WIDTH, height: SHORE - 110, step: 2 }, (x, y) => {
    const top = rangeY(x);
    if (y < top - 3) return [200, 214, 228, 0];
    const ridge = (rangeY(x + 26) - rangeY(x - 26)) / 52;
    const here = relief(x, y);
    const slope = (relief(x + 4, y) - here) * 5 - 0.55 * ridge;
    const light = smoothstep(-0.6, 0.6, slope);
    const snow = smoothstep(-0.07, 0.05, here - 0.62 - (y - 400) / 620 + 0.2 * light);
    const haze = smoothstep(300, SHORE - 30, y);
    const rock = [mix(74, 150, light), mix(88, 140, light), mix(120, 146, light)] as const;
    const white = [mix(150, 255, light), mix(176, 247, light), mix(214, 238, light)] as const;
    const at = (channel: 0 | 1 | 2, hazy: number): number => mix(mix(rock[channel], white[channel], snow), hazy, 0.75 * haze);
    return [at(0, 206), at(1, 216), at(2, 226), smoothstep(top - 3, top, y)];
  });
}

function paintHills(context: Context2D): void {
  context.fillStyle = linear(context, [0, 470, 0, SHORE], [[0, '#7f9db4'], [1, '#c3d0d4']]);
  fillBelow(context, (x) => SHORE - 70 - 90 * layeredNoise(x / 260, 4, 5, 17) - 40 * smoothstep(900, 100, x));
  paintFirs(context, {
    base: (x) => SHORE - 26 - 54 * layeredNoise(x / 330, 7, 3, 27),
    height: 62, spacing: 13, seed: 101, fill: linear(context, [0, 540, 0, SHORE], [[0, '#5b8088'], [1, '#9bb4b4']]),
  });
  paintFirs(context, {
    base: (x) => SHORE + 2 - 70 * smoothstep(560, 0, x) - 90 * smoothstep(1420, 1920, x),
    height: 118, spacing: 19, seed: 111, fill: linear(context, [0, 500, 0, SHORE], [[0, '#1f4a4e'], [1, '#3f6f6a']]),
  });
  for (const [y, strength] of [[SHORE - 46, 0.5], [SHORE - 8, 0.6]] as const) {
    paintField(context, { x: 0, y: y - 60, width: DESIGN_WIDTH, height: 120, step: 6 }, (x, at) => {
      const band = Math.exp(-(((at - y) / 26) ** 2));
      return [248, 240, 230, strength * band * smoothstep(0.3, 0.75, layeredNoise(x / 240, at / 40, 4, 66))];
    });
  }
}

/** The land upside down, shaken row by row as by a light breeze, and darker. */
function paintReflection(context: Context2D, land: AnyCanvas): void {
  const scale = land.width / DESIGN_WIDTH;
  for (let y = SHORE; y < DESIGN_HEIGHT; y += 2) {
    const depth = (y - SHORE) / (DESIGN_HEIGHT - SHORE);
    const shake = mix(0.6, 11, depth) * (layeredNoise(y / mix(3, 15, depth), 1, 2, 44) - 0.5);
    const from = Math.max(0, SHORE - 2 - (y - SHORE) * 1.45 + 14 * depth * (noiseRow(y) - 0.5));
    context.drawImage(land, 0, from * scale, land.width, 2 * scale, shake - 12, y, DESIGN_WIDTH + 24, 2.5);
  }
  context.fillStyle = linear(context, [0, SHORE, 0, DESIGN_HEIGHT], [
    [0, 'rgb(28 74 104 / 22%)'], [0.4, 'rgb(20 66 98 / 42%)'], [1, 'rgb(10 42 74 / 72%)'],
  ]);
  context.fillRect(0, SHORE, DESIGN_WIDTH, DESIGN_HEIGHT - SHORE);
  paintField(context, { x: 0, y: SHORE, width: DESIGN_WIDTH, height: DESIGN_HEIGHT - SHORE, step: 4 }, (x, y) => {
    const depth = (y - SHORE) / (DESIGN_HEIGHT - SHORE);
    const streak = layeredNoise(x / mix(160, 420, depth), (y - SHORE) / mix(5, 18, depth), 3, 81);
    return [226, 240, 246, 0.5 * smoothstep(0.6, 0.86, streak) * (1 - 0.5 * depth)];
  });
  context.fillStyle = linear(context, [0, SHORE - 5, 0, SHORE + 7], [
    [0, 'rgb(236 240 230 / 0%)'], [0.5, 'rgb(236 240 230 / 42%)'], [1, 'rgb(236 240 230 / 0%)'],
  ]);
  context.fillRect(0, SHORE - 5, DESIGN_WIDTH, 12);
}

const noiseRow = (y: number): number => layeredNoise(y / 6, 5, 2, 45);

/** A still mountain lake in the morning. */
export function drawLake(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    // No scale may leave a seam between land and water.
    context.fillStyle = '#3f6f6a';
    context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
    const land = createLayer(context, SHORE);
    paintSky(land);
    paintRange(land);
    paintHills(land);
    context.drawImage(land.canvas, 0, 0, DESIGN_WIDTH, SHORE);
    paintReflection(context, land.canvas);
  });
}
