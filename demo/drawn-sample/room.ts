import { linear, radial, scatter, type Context2D } from './canvas.ts';

/* Room units: 16 across, 9 down, origin top left; the picture is covered, cut evenly where it is not 16:9. */

const BOOK_COLOURS = ['#e0413a', '#f2b134', '#2a9d8f', '#f4f1e8', '#3a5fcd', '#8e44ad', '#f28c28', '#1f7a4d', '#d6336c', '#22303c'];

function drawWall(context: Context2D): void {
  context.fillStyle = linear(context, [0, 0, 16, 9], [[0, '#f7e3c4'], [0.5, '#ecc79b'], [1, '#cf9a6d']]);
  context.fillRect(-4, -4, 24, 17);
  context.fillStyle = linear(context, [0, 7.6, 0, 9], [[0, '#3f8f86'], [1, '#2a6a66']]);
  context.fillRect(-4, 7.6, 24, 6);
  context.fillStyle = '#f6efe2';
  context.fillRect(-4, 7.5, 24, 0.14);
}

function drawWindow(context: Context2D): void {
  context.fillStyle = 'rgb(90 50 20 / 18%)';
  context.fillRect(0.95, 0.85, 4.2, 5.2);
  context.fillStyle = '#fffaf0';
  context.fillRect(0.8, 0.7, 4.2, 5.2);
  context.save();
  context.beginPath();
  context.rect(1, 0.9, 3.8, 4.8);
  context.clip();
  context.fillStyle = linear(context, [0, 0.9, 0, 5.7], [[0, '#4aa3e8'], [0.6, '#a8dcf5'], [1, '#e8f6fb']]);
  context.fillRect(1, 0.9, 3.8, 4.8);
  context.fillStyle = 'rgb(255 255 255 / 85%)';
  for (const [x, y, size] of [[1.9, 1.9, 0.5], [2.5, 1.8, 0.62], [3.1, 1.98, 0.44], [4.2, 2.9, 0.4], [4.6, 2.8, 0.5]] as const) {
    context.beginPath();
    context.ellipse(x, y, size, size * 0.55, 0, 0, 2 * Math.PI);
    context.fill();
  }
  for (const [colour, y, bend] of [['#7fc08a', 4.3, -0.7], ['#4f9d5d', 4.8, 0.5], ['#2f7a45', 5.2, -0.3]] as const) {
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(1, 6);
    context.lineTo(1, y);
    context.bezierCurveTo(2.2, y + bend, 3.6, y - bend, 4.8, y);
    context.lineTo(4.8, 6);
    context.fill();
  }
  context.restore();
  context.fillStyle = '#fffaf0';
  context.fillRect(2.83, 0.9, 0.14, 4.8);
  context.fillRect(1, 3.1, 3.8, 0.14);
  context.fillStyle = linear(context, [0, 5.8, 0, 6.15], [[0, '#ffffff'], [1, '#d9c9ae']]);
  context.fillRect(0.55, 5.82, 4.7, 0.32);
}

function drawCurtain(context: Context2D): void {
  context.fillStyle = linear(context, [-0.3, 0, 1.25, 0], [[0, '#b3243f'], [0.25, '#e0506a'], [0.5, '#b3243f'], [0.75, '#d8445f'], [1, '#9b1c35']]);
  context.beginPath();
  context.moveTo(-4, 0.35);
  context.lineTo(1.2, 0.35);
  context.bezierCurveTo(1.1, 3, 0.9, 5, 1.1, 7.4);
  context.lineTo(-4, 7.4);
  context.fill();
  context.fillStyle = '#6b4a2f';
  context.fillRect(-4, 0.22, 9.6, 0.14);
}

function drawShelf(context: Context2D, left: number, top: number, seed: number): void {
  const width = 4.4;
  context.fillStyle = linear(context, [0, top + 0.2, 0, top + 0.75], [[0, 'rgb(80 40 15 / 32%)'], [1, 'rgb(80 40 15 / 0%)']]);
  context.fillRect(left, top + 0.2, width, 0.55);
  let x = left + 0.12;
  for (let index = 0; x < left + width - 0.95; index += 1) {
    const thickness = 0.17 + 0.2 * scatter(index, seed);
    const height = 0.95 + 0.5 * scatter(index, seed + 1);
    const colour = BOOK_COLOURS[Math.floor(scatter(index, seed + 2) * BOOK_COLOURS.length)] ?? '#e0413a';
    context.fillStyle = colour;
    context.fillRect(x, top - height, thickness, height);
    context.fillStyle = linear(context, [x, 0, x + thickness, 0], [[0, 'rgb(255 255 255 / 28%)'], [0.4, 'rgb(255 255 255 / 0%)'], [1, 'rgb(0 0 0 / 30%)']]);
    context.fillRect(x, top - height, thickness, height);
    context.fillStyle = 'rgb(255 240 200 / 70%)';
    context.fillRect(x + thickness * 0.2, top - height * 0.78, thickness * 0.6, 0.07);
    context.fillRect(x + thickness * 0.2, top - height * 0.3, thickness * 0.6, 0.05);
    x += thickness + 0.015;
  }
  context.fillStyle = linear(context, [0, top, 0, top + 0.22], [[0, '#a9713f'], [1, '#6f4522']]);
  context.fillRect(left, top, width, 0.2);
}

function drawPlant(context: Context2D, x: number, y: number, size: number): void {
  for (let index = 0; index < 13; index += 1) {
    const angle = -Math.PI / 2 + (index - 6) * 0.24;
    const length = size * (0.75 + 0.5 * scatter(index, 11));
    context.fillStyle = index % 2 ? '#1e7f4c' : '#35b06a';
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.beginPath();
    context.ellipse(length * 0.6, 0, length * 0.52, length * 0.13, 0, 0, 2 * Math.PI);
    context.fill();
    context.restore();
  }
  context.fillStyle = linear(context, [x - size * 0.4, 0, x + size * 0.4, 0], [[0, '#f6f6f2'], [1, '#a9b4b8']]);
  context.beginPath();
  context.moveTo(x - size * 0.42, y - size * 0.12);
  context.lineTo(x + size * 0.42, y - size * 0.12);
  context.lineTo(x + size * 0.3, y + size * 0.6);
  context.lineTo(x - size * 0.3, y + size * 0.6);
  context.fill();
}

function drawLamp(context: Context2D): void {
  context.fillStyle = radial(context, [7.1, 2.2, 3.4], [[0, 'rgb(255 240 180 / 85%)'], [0.35, 'rgb(255 225 150 / 38%)'], [1, 'rgb(255 220 150 / 0%)']]);
  context.fillRect(3.5, -1.4, 7.2, 7.2);
  context.fillStyle = '#2f2a28';
  context.fillRect(7.05, -4, 0.09, 5.4);
  context.beginPath();
  context.moveTo(6.75, 1.3);
  context.lineTo(7.45, 1.3);
  context.lineTo(8.05, 2.35);
  context.lineTo(6.15, 2.35);
  context.closePath();
  context.fillStyle = linear(context, [6.1, 0, 8.1, 0], [[0, '#ffd75e'], [0.5, '#fff3bf'], [1, '#f0b429']]);
  context.fill();
  context.fillStyle = '#fffdf2';
  context.beginPath();
  context.ellipse(7.1, 2.35, 0.95, 0.13, 0, 0, 2 * Math.PI);
  context.fill();
}

function drawPicture(context: Context2D): void {
  context.fillStyle = 'rgb(80 40 15 / 25%)';
  context.fillRect(9.3, 0.95, 1.5, 1.9);
  context.fillStyle = '#22303c';
  context.fillRect(9.2, 0.85, 1.5, 1.9);
  context.fillStyle = '#f9f4e6';
  context.fillRect(9.3, 0.95, 1.3, 1.7);
  for (const [x, y, radius, colour] of [[9.8, 1.6, 0.32, '#e0413a'], [10.15, 1.9, 0.3, '#2a6fd6'], [9.75, 2.15, 0.24, '#f2b134']] as const) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Draws the room: window with curtain, lamp, picture, shelves of books, plants. It does not change with time. */
export function drawRoom(context: Context2D, size: { width: number; height: number }): void {
  const scale = Math.max(size.width / 16, size.height / 9);
  context.save();
  context.translate((size.width - 16 * scale) / 2, (size.height - 9 * scale) / 2);
  context.scale(scale, scale);
  drawWall(context);
  drawWindow(context);
  drawCurtain(context);
  drawPicture(context);
  context.save();
  context.translate(-0.5, 0);
  drawLamp(context);
  context.restore();
  drawShelf(context, 11.2, 2.5, 20);
  drawShelf(context, 11.2, 4.6, 30);
  drawShelf(context, 11.2, 6.7, 40);
  drawPlant(context, 15.1, 2.0, 0.85);
  drawPlant(context, 3.9, 5.25, 0.95);
  context.restore();
}
