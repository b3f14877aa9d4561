import { linear, radial, type Context2D } from './canvas.ts';

/* Figure units: 1 = height of the picture, origin at the middle of its bottom edge, y downwards. */

function traceTorso(context: Context2D): void {
  context.beginPath();
  context.moveTo(-0.36, 0.2);
  context.bezierCurveTo(-0.365, 0.02, -0.36, -0.12, -0.335, -0.235);
  context.bezierCurveTo(-0.318, -0.325, -0.26, -0.362, -0.19, -0.39);
  context.bezierCurveTo(-0.135, -0.412, -0.095, -0.432, -0.082, -0.472);
  context.lineTo(0.082, -0.472);
  context.bezierCurveTo(0.095, -0.432, 0.135, -0.412, 0.19, -0.39);
  context.bezierCurveTo(0.26, -0.362, 0.318, -0.325, 0.335, -0.235);
  context.bezierCurveTo(0.36, -0.12, 0.365, 0.02, 0.36, 0.2);
  context.closePath();
}

function traceLapel(context: Context2D, side: 1 | -1): void {
  context.beginPath();
  context.moveTo(side * 0.078, -0.462);
  context.bezierCurveTo(side * 0.11, -0.42, side * 0.14, -0.34, side * 0.15, -0.27);
  context.lineTo(side * 0.105, -0.235);
  context.lineTo(side * 0.125, -0.205);
  context.bezierCurveTo(side * 0.09, -0.11, side * 0.05, -0.03, side * 0.012, 0.06);
  context.bezierCurveTo(side * 0.018, -0.1, side * 0.035, -0.3, side * 0.078, -0.462);
  context.closePath();
}

/** Draws the open shirt with its collar over the jacket. */
function drawShirt(context: Context2D): void {
  context.beginPath();
  context.moveTo(-0.085, -0.48);
  context.bezierCurveTo(-0.06, -0.3, -0.04, -0.1, -0.015, 0.1);
  context.lineTo(0.015, 0.1);
  context.bezierCurveTo(0.04, -0.1, 0.06, -0.3, 0.085, -0.48);
  context.closePath();
  context.fillStyle = linear(context, [-0.08, 0, 0.08, 0], [[0, '#f6f3ec'], [0.6, '#e4e0d8'], [1, '#c5c3c0']]);
  context.fill();
  context.strokeStyle = 'rgb(120 116 112 / 35%)';
  context.lineWidth = 0.003;
  context.beginPath();
  context.moveTo(0, -0.37);
  context.lineTo(0, 0.05);
  context.stroke();
  context.fillStyle = 'rgb(130 124 118 / 60%)';
  for (const y of [-0.31, -0.21, -0.11, -0.01]) {
    context.beginPath();
    context.arc(0.007, y, 0.0045, 0, 2 * Math.PI);
    context.fill();
  }
}

function drawCollar(context: Context2D, side: 1 | -1): void {
  context.beginPath();
  context.moveTo(side * 0.078, -0.5);
  context.bezierCurveTo(side * 0.05, -0.44, side * 0.025, -0.4, 0, -0.378);
  context.lineTo(side * 0.052, -0.318);
  context.bezierCurveTo(side * 0.08, -0.36, side * 0.092, -0.42, side * 0.094, -0.474);
  context.closePath();
  context.fillStyle = side < 0 ? '#fdfbf6' : '#e2dfd9';
  context.fill();
  context.strokeStyle = 'rgb(110 106 104 / 30%)';
  context.lineWidth = 0.0025;
  context.stroke();
}

/** Draws the light of the window, folds and sleeve seams onto the jacket, whose outline is the current path. */
function shadeJacket(context: Context2D): void {
  context.fillStyle = radial(context, [-0.25, -0.36, 0.3], [
    [0, 'rgb(150 190 225 / 40%)'], [1, 'rgb(150 190 225 / 0%)'],
  ]);
  context.fill();
  context.lineWidth = 0.004;
  context.lineCap = 'round';
  context.strokeStyle = 'rgb(10 18 34 / 42%)';
  for (const side of [-1, 1]) {
    context.beginPath();
    context.moveTo(side * 0.262, -0.353);
    context.bezierCurveTo(side * 0.245, -0.25, side * 0.25, -0.12, side * 0.262, 0.05);
    context.stroke();
  }
  context.lineWidth = 0.012;
  context.strokeStyle = 'rgb(8 14 28 / 16%)';
  for (const [x, y, bend] of [[-0.2, -0.16, 0.05], [0.2, -0.14, -0.06], [-0.3, -0.1, 0.03], [0.31, -0.12, -0.02]] as const) {
    context.beginPath();
    context.moveTo(x, y);
    context.quadraticCurveTo(x + bend, y + 0.08, x + bend * 0.4, y + 0.18);
    context.stroke();
  }
}

/** Draws jacket, shirt and lapels; everything but the jacket's own outline stays inside it. */
export function drawTorso(context: Context2D): void {
  traceTorso(context);
  context.fillStyle = linear(context, [-0.34, -0.2, 0.34, -0.1], [
    [0, '#3d6690'], [0.35, '#2f5279'], [0.7, '#243f61'], [1, '#182c47'],
  ]);
  context.fill();
  context.save();
  context.globalCompositeOperation = 'source-atop';
  shadeJacket(context);
  drawShirt(context);
  for (const side of [-1, 1] as const) {
    traceLapel(context, side);
    context.fillStyle = linear(context, [0.02 * side, 0, 0.15 * side, 0], [
      [0, side < 0 ? '#2c4e74' : '#1c3450'], [1, side < 0 ? '#44719f' : '#28486b'],
    ]);
    context.fill();
    context.strokeStyle = 'rgb(8 16 30 / 45%)';
    context.lineWidth = 0.003;
    context.stroke();
  }
  context.restore();
}

/** Draws the neck with the chin's shadow, then the collar in front of it. */
export function drawNeck(context: Context2D): void {
  context.beginPath();
  context.moveTo(-0.074, -0.62);
  context.bezierCurveTo(-0.07, -0.53, -0.07, -0.5, -0.086, -0.462);
  context.bezierCurveTo(-0.05, -0.41, -0.02, -0.39, 0, -0.372);
  context.bezierCurveTo(0.02, -0.39, 0.05, -0.41, 0.086, -0.462);
  context.bezierCurveTo(0.07, -0.5, 0.07, -0.53, 0.074, -0.62);
  context.closePath();
  context.fillStyle = linear(context, [-0.07, 0, 0.07, 0], [[0, '#dba27e'], [0.45, '#c98d6a'], [1, '#a2694c']]);
  context.fill();
  context.save();
  context.globalCompositeOperation = 'source-atop';
  context.fillStyle = linear(context, [0, -0.59, 0, -0.45], [
    [0, 'rgb(96 48 30 / 55%)'], [0.45, 'rgb(96 48 30 / 40%)'], [1, 'rgb(96 48 30 / 0%)'],
  ]);
  context.fillRect(-0.09, -0.6, 0.18, 0.15);
  drawCollar(context, -1);
  drawCollar(context, 1);
  context.restore();
}
