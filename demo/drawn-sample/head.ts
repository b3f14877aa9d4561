import { linear, radial, type Context2D } from './canvas.ts';
import type { Pose } from './pose.ts';

/* Figure units, see body.ts. The head's middle lies at x = 0, from the crown at y = -0.86 to the chin at -0.55. */

const SKIN_LIGHT = '#f3c6a2';
const SKIN = '#e3ab86';
const SKIN_SHADE = '#bd8160';

function traceFace(context: Context2D): void {
  context.beginPath();
  context.moveTo(0, -0.862);
  context.bezierCurveTo(0.072, -0.862, 0.113, -0.81, 0.113, -0.735);
  context.bezierCurveTo(0.113, -0.672, 0.106, -0.628, 0.077, -0.588);
  context.bezierCurveTo(0.055, -0.559, 0.028, -0.548, 0, -0.548);
  context.bezierCurveTo(-0.028, -0.548, -0.055, -0.559, -0.077, -0.588);
  context.bezierCurveTo(-0.106, -0.628, -0.113, -0.672, -0.113, -0.735);
  context.bezierCurveTo(-0.113, -0.81, -0.072, -0.862, 0, -0.862);
  context.closePath();
}

function drawEar(context: Context2D, side: 1 | -1, turn: number): void {
  const x = side * 0.112 - turn * 0.012;
  const width = 0.019 - side * turn * 0.008;
  context.beginPath();
  context.ellipse(x, -0.698, width, 0.038, side * 0.16, 0, 2 * Math.PI);
  context.fillStyle = side < 0 ? '#dfa17c' : '#b5765a';
  context.fill();
  context.save();
  context.globalCompositeOperation = 'source-atop';
  context.beginPath();
  context.ellipse(x + side * 0.003, -0.7, width * 0.5, 0.022, side * 0.16, 0, 2 * Math.PI);
  context.fillStyle = 'rgb(140 72 52 / 45%)';
  context.fill();
  context.restore();
}

function drawEye(context: Context2D, x: number, pose: Pose): void {
  const open = 1 - 0.92 * pose.blink;
  context.save();
  context.translate(x, -0.703);
  context.fillStyle = 'rgb(120 66 48 / 24%)';
  context.beginPath();
  context.ellipse(0, -0.004, 0.026, 0.017, 0, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.ellipse(0, 0, 0.0195, 0.0105 * open, 0, 0, 2 * Math.PI);
  context.fillStyle = '#f7f4f0';
  context.fill();
  context.clip();
  const look = pose.turn * 0.004;
  for (const [radius, colour] of [[0.0098, '#4d3320'], [0.0082, '#7a5432'], [0.0046, '#1a110c']] as const) {
    context.beginPath();
    context.arc(look, 0, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  }
  context.beginPath();
  context.arc(look - 0.0032, -0.0036, 0.0022, 0, 2 * Math.PI);
  context.fillStyle = 'rgb(255 255 255 / 90%)';
  context.fill();
  context.restore();
  drawLid(context, x, open);
}

function drawLid(context: Context2D, x: number, open: number): void {
  context.beginPath();
  context.ellipse(x, -0.703, 0.0203, 0.0112 * open + 0.0006, 0, Math.PI * 1.03, Math.PI * 1.97);
  context.strokeStyle = '#38221a';
  context.lineWidth = 0.0042;
  context.stroke();
}

function drawBrow(context: Context2D, x: number, side: 1 | -1): void {
  context.beginPath();
  context.moveTo(x - side * 0.024, -0.733);
  context.quadraticCurveTo(x, -0.75, x + side * 0.031, -0.735);
  context.strokeStyle = '#4a2f20';
  context.lineWidth = 0.0082;
  context.lineCap = 'round';
  context.stroke();
}

function drawNose(context: Context2D, x: number, turn: number): void {
  context.save();
  context.translate(x - 0.003, -0.675);
  context.scale(0.3, 1);
  context.fillStyle = radial(context, [0, 0, 0.05], [[0, 'rgb(255 232 208 / 65%)'], [1, 'rgb(255 232 208 / 0%)']]);
  context.fillRect(-0.05, -0.05, 0.1, 0.1);
  context.restore();
  context.beginPath();
  context.moveTo(x - 0.019, -0.643);
  context.quadraticCurveTo(x - 0.015, -0.634, x - 0.007, -0.6355);
  context.quadraticCurveTo(x, -0.628, x + 0.007, -0.6355);
  context.quadraticCurveTo(x + 0.015, -0.634, x + 0.019, -0.643);
  context.strokeStyle = 'rgb(132 70 48 / 75%)';
  context.lineWidth = 0.0034;
  context.stroke();
  context.beginPath();
  context.moveTo(x + 0.012 + turn * 0.003, -0.69);
  context.quadraticCurveTo(x + 0.016, -0.665, x + 0.019, -0.65);
  context.strokeStyle = 'rgb(150 88 62 / 35%)';
  context.stroke();
}

function drawMouth(context: Context2D, x: number): void {
  context.beginPath();
  context.moveTo(x - 0.037, -0.61);
  context.bezierCurveTo(x - 0.02, -0.613, x - 0.008, -0.6145, x, -0.6105);
  context.bezierCurveTo(x + 0.008, -0.6145, x + 0.02, -0.613, x + 0.037, -0.61);
  context.bezierCurveTo(x + 0.02, -0.58, x - 0.02, -0.58, x - 0.037, -0.61);
  context.fillStyle = linear(context, [0, -0.615, 0, -0.585], [[0, '#b0644c'], [0.45, '#bd705a'], [1, '#cf8770']]);
  context.fill();
  context.beginPath();
  context.moveTo(x - 0.041, -0.6125);
  context.quadraticCurveTo(x - 0.036, -0.6085, x - 0.032, -0.607);
  context.quadraticCurveTo(x, -0.593, x + 0.032, -0.607);
  context.quadraticCurveTo(x + 0.036, -0.6085, x + 0.041, -0.6125);
  context.strokeStyle = '#84402f';
  context.lineWidth = 0.0034;
  context.lineCap = 'round';
  context.stroke();
}

/** Draws light and warmth onto the bare face, whose outline is the current path. */
function shadeFace(context: Context2D): void {
  context.fillStyle = radial(context, [-0.05, -0.78, 0.16], [
    [0, 'rgb(255 236 214 / 55%)'], [1, 'rgb(255 236 214 / 0%)'],
  ]);
  context.fill();
  for (const [x, strength] of [[-0.058, 20], [0.06, 17]] as const) {
    context.fillStyle = radial(context, [x, -0.645, 0.042], [
      [0, `rgb(226 104 84 / ${strength}%)`], [1, 'rgb(226 104 84 / 0%)'],
    ]);
    context.fillRect(x - 0.05, -0.7, 0.1, 0.1);
  }
}

/** Draws the face, and the ears where no hair hides them; the features move with the turn of the head. */
export function drawHead(context: Context2D, pose: Pose, withEars: boolean): void {
  if (withEars) for (const side of [-1, 1] as const) drawEar(context, side, pose.turn);
  traceFace(context);
  context.fillStyle = linear(context, [-0.115, -0.76, 0.125, -0.66], [
    [0, SKIN], [0.25, SKIN_LIGHT], [0.6, SKIN], [1, SKIN_SHADE],
  ]);
  context.fill();
  context.save();
  context.globalCompositeOperation = 'source-atop';
  shadeFace(context);
  const middle = pose.turn * 0.017;
  for (const side of [-1, 1] as const) {
    const x = middle + side * (0.047 - side * pose.turn * 0.003);
    drawEye(context, x, pose);
    drawBrow(context, x, side);
  }
  drawNose(context, middle * 1.45, pose.turn);
  drawMouth(context, middle * 1.15);
  context.restore();
}
