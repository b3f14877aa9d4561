/**
 * Runs in the page: a drawn person before a drawn room, so that the repository needs nobody's photo. It is
 * soft and shaded enough for a network that was trained on photos to take it for a person.
 */

/**
 * @param {number} width Pixels.
 * @param {number} height
 * @returns {HTMLCanvasElement} Opaque.
 */
export function drawPortrait(width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  drawRoom(context, width, height);
  // The figure is drawn in a space where the head is one unit high, and stands on the picture's lower edge.
  const unit = height * 0.4;
  context.setTransform(unit, 0, 0, unit, width * 0.47, height * 0.45);
  context.filter = 'blur(0.6px)';
  for (const draw of [drawHairBehind, drawJacket, drawNeck, drawHead, drawFace, drawHairInFront]) draw(context);
  return canvas;
}

function drawRoom(context, width, height) {
  context.fillStyle = gradient(context, [0, 0, width, height], ['#d9d3c5', '#b3aca0', '#8f8a83']);
  context.fillRect(0, 0, width, height);
  context.filter = 'blur(1.2px)';
  context.fillStyle = gradient(context, [0, 0, 0, height * 0.6], ['#eaf3fb', '#b9d3e8']);
  context.fillRect(width * 0.06, height * 0.08, width * 0.2, height * 0.5);
  context.fillStyle = '#f5f2ec';
  context.fillRect(width * 0.155, height * 0.08, width * 0.012, height * 0.5);
  drawShelf(context, width, height);
  context.fillStyle = '#6d5a49';
  context.fillRect(0, height * 0.86, width, height * 0.14);
  context.filter = 'none';
}

function drawShelf(context, width, height) {
  context.fillStyle = '#7b5c40';
  context.fillRect(width * 0.7, height * 0.44, width * 0.26, height * 0.025);
  const spines = ['#3c5a73', '#a8473a', '#d1a94c', '#48694b', '#2f3440', '#9a8f86'];
  spines.forEach((colour, index) => {
    const tall = height * (0.2 + 0.03 * ((index * 7) % 4));
    context.fillStyle = colour;
    context.fillRect(width * (0.72 + index * 0.036), height * 0.44 - tall, width * 0.03, tall);
  });
}

function drawHairBehind(context) {
  context.fillStyle = gradient(context, [-0.45, -0.6, 0.45, 0.6], ['#4a2f1f', '#2c1b12']);
  blob(context, [[-0.4, -0.1], [-0.46, -0.75, 0.46, -0.75, 0.42, -0.05], [0.46, 0.3, 0.4, 0.45, 0.3, 0.5], [0.1, 0.4, -0.1, 0.4, -0.3, 0.5], [-0.42, 0.4, -0.44, 0.2, -0.4, -0.1]]);
}

function drawJacket(context) {
  context.fillStyle = gradient(context, [-0.9, 0.6, 0.9, 1.5], ['#37517a', '#2a3d5e', '#1c2a44']);
  blob(context, [[-0.2, 0.58], [-0.55, 0.7, -0.85, 0.72, -0.95, 1.05], [-1.02, 1.3, -1.05, 1.6, -1.05, 1.9], [1.05, 1.9, 1.05, 1.9, 1.05, 1.9], [1.05, 1.6, 1.02, 1.3, 0.95, 1.05], [0.85, 0.72, 0.55, 0.7, 0.2, 0.58], [0.1, 0.66, -0.1, 0.66, -0.2, 0.58]]);
  context.fillStyle = '#e9e6df';
  blob(context, [[-0.19, 0.56], [-0.12, 0.8, -0.05, 1, 0, 1.2], [0.05, 1, 0.12, 0.8, 0.19, 0.56], [0.1, 0.7, -0.1, 0.7, -0.19, 0.56]]);
  context.strokeStyle = '#16213a';
  context.lineWidth = 0.03;
  for (const side of [-1, 1]) {
    context.beginPath();
    context.moveTo(side * 0.22, 0.58);
    context.quadraticCurveTo(side * 0.3, 0.85, side * 0.02, 1.25);
    context.stroke();
  }
}

function drawNeck(context) {
  context.fillStyle = gradient(context, [0, 0.3, 0, 0.75], ['#b07a5c', '#d19a78']);
  blob(context, [[-0.17, 0.25], [-0.16, 0.5, -0.19, 0.56, -0.22, 0.6], [-0.1, 0.74, 0.1, 0.74, 0.22, 0.6], [0.19, 0.56, 0.16, 0.5, 0.17, 0.25], [0.1, 0.3, -0.1, 0.3, -0.17, 0.25]]);
}

function drawHead(context) {
  const shade = context.createRadialGradient(-0.08, -0.1, 0.05, 0, 0, 0.55);
  ['#f0c3a0', '#dfa683', '#b97d5d'].forEach((colour, index) => shade.addColorStop(index / 2, colour));
  context.fillStyle = shade;
  for (const side of [-1, 1]) ellipse(context, side * 0.345, 0, 0.05, 0.1);
  blob(context, [[-0.34, -0.1], [-0.34, -0.55, 0.34, -0.55, 0.34, -0.1], [0.34, 0.2, 0.2, 0.44, 0, 0.46], [-0.2, 0.44, -0.34, 0.2, -0.34, -0.1]]);
}

function drawFace(context) {
  for (const side of [-1, 1]) {
    context.fillStyle = '#fbf7f2';
    ellipse(context, side * 0.14, -0.04, 0.065, 0.035);
    context.fillStyle = '#3b2a20';
    ellipse(context, side * 0.14, -0.04, 0.032, 0.034);
    context.fillStyle = '#4a2f1f';
    ellipse(context, side * 0.145, -0.125, 0.09, 0.016);
  }
  context.fillStyle = 'rgb(150 90 65 / 45%)';
  ellipse(context, 0.03, 0.1, 0.03, 0.1);
  ellipse(context, 0, 0.17, 0.065, 0.025);
  context.fillStyle = '#b4564f';
  ellipse(context, 0, 0.28, 0.11, 0.03);
  context.fillStyle = '#8d3b38';
  ellipse(context, 0, 0.275, 0.1, 0.007);
}

function drawHairInFront(context) {
  context.fillStyle = gradient(context, [-0.35, -0.6, 0.35, -0.1], ['#5d3c27', '#3a2418']);
  blob(context, [[-0.36, 0.02], [-0.46, -0.7, 0.46, -0.72, 0.37, 0.02], [0.33, -0.2, 0.22, -0.32, -0.02, -0.34], [-0.2, -0.32, -0.33, -0.2, -0.36, 0.02]]);
}

/** A closed shape: first its start, then cubic Bézier curves `[control 1, control 2, end]`, six numbers each. */
function blob(context, [start, ...curves]) {
  context.beginPath();
  context.moveTo(...start);
  for (const curve of curves) context.bezierCurveTo(...curve);
  context.closePath();
  context.fill();
}

function ellipse(context, x, y, horizontal, vertical) {
  context.beginPath();
  context.ellipse(x, y, horizontal, vertical, 0, 0, 2 * Math.PI);
  context.fill();
}

/** A linear gradient with evenly spaced colours. */
function gradient(context, ends, colours) {
  const fill = context.createLinearGradient(...ends);
  colours.forEach((colour, index) => fill.addColorStop(index / (colours.length - 1), colour));
  return fill;
}
