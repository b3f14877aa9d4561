import { linear, scatter, type AnyCanvas, type Context2D } from './canvas';
import { paintFloorShadow } from './furniture';
import { DESIGN_HEIGHT, DESIGN_WIDTH, mix, paintDesign, paintGlow, paintSoft } from './tools';

function paintWalls(context: Context2D): void {
  context.fillStyle = linear(context, [700, 0, DESIGN_WIDTH, 300], [[0, '#f4f1ea'], [0.5, '#e9e3d8'], [1, '#d3cabb']]);
  context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
  context.fillStyle = linear(context, [0, 850, 0, DESIGN_HEIGHT], [[0, '#c9ab86'], [1, '#8f6c4a']]);
  context.fillRect(0, 860, DESIGN_WIDTH, 220);
  context.fillStyle = linear(context, [0, 0, 900, 0], [[0, 'rgb(255 250 236 / 75%)'], [1, 'rgb(255 250 236 / 0%)']]);
  context.fillRect(0, 860, 900, 220);
}

/** A window front on the left, seen at an angle, with green and sky outside. */
function paintWindows(context: Context2D): void {
  const outline = (): void => {
    context.beginPath();
    context.moveTo(0, 30);
    context.lineTo(700, 130);
    context.lineTo(700, 800);
    context.lineTo(0, 880);
    context.closePath();
  };
  outline();
  context.save();
  context.clip();
  context.fillStyle = linear(context, [0, 60, 0, 860], [[0, '#cfe8fb'], [0.45, '#f3fafd'], [0.62, '#dcebd0'], [1, '#a9c795']]);
  context.fillRect(0, 0, 720, 900);
  for (let index = 0; index < 60; index += 1) {
    const y = mix(520, 860, scatter(index, 600));
    context.fillStyle = `rgb(${Math.round(mix(96, 190, scatter(index, 601)))} ${Math.round(mix(150, 210, scatter(index, 602)))} ${Math.round(mix(90, 140, scatter(index, 603)))} / 60%)`;
    context.beginPath();
    context.arc(720 * scatter(index, 604), y, mix(30, 90, scatter(index, 605)), 0, 2 * Math.PI);
    context.fill();
  }
  context.fillStyle = '#f9f7f2';
  for (const [x, width] of [[-6, 26], [214, 22], [412, 18], [574, 15], [690, 16]] as const) context.fillRect(x, 0, width, 900);
  context.restore();
  context.lineWidth = 16;
  context.strokeStyle = '#f9f7f2';
  outline();
  context.moveTo(0, 330);
  context.lineTo(700, 372);
  context.stroke();
}

function paintShelves(context: Context2D): void {
  const colours = ['#c8553d', '#e9c46a', '#3d6b6b', '#f2efe6', '#7f9c96', '#2f3e46', '#d98f6c', '#a3b18a'];
  for (const [row, y] of [300, 480, 660].entries()) {
    context.fillStyle = linear(context, [0, y + 16, 0, y + 70], [[0, 'rgb(80 60 40 / 30%)'], [1, 'rgb(80 60 40 / 0%)']]);
    context.fillRect(1180, y + 16, 620, 54);
    context.fillStyle = linear(context, [0, y, 0, y + 18], [[0, '#b98a5a'], [1, '#7c5634']]);
    context.fillRect(1180, y, 620, 18);
    let x = 1200 + 60 * scatter(row, 610);
    for (let index = 0; x < 1200 + [380, 250, 420][row]!; index += 1) {
      const width = 16 + 24 * scatter(index, 611 + row);
      const height = 74 + 52 * scatter(index, 621 + row);
      context.fillStyle = colours[Math.floor(colours.length * scatter(index, 631 + row))] ?? '#c8553d';
      context.fillRect(x, y - height, width, height);
      x += width + 2;
    }
  }
  context.fillStyle = linear(context, [1540, 0, 1740, 0], [[0, '#e7d9c6'], [0.4, '#c98f6a'], [0.6, '#f6efe2'], [1, '#b9ab98']]);
  context.beginPath();
  context.ellipse(1590, 440, 44, 42, 0, 0, 2 * Math.PI);
  context.ellipse(1700, 436, 34, 46, 0, 0, 2 * Math.PI);
  context.fill();
}

/** A big leafy plant; leaves fan out of the pot. */
function paintPlant(context: Context2D, { x, y, size, seed }: { x: number; y: number; size: number; seed: number }): void {
  for (let index = 0; index < 34; index += 1) {
    const angle = -Math.PI / 2 + (scatter(index, seed) - 0.5) * 2.5;
    const length = size * (0.6 + 0.7 * scatter(index, seed + 1));
    const light = scatter(index, seed + 2);
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.fillStyle = linear(context, [length * 0.2, 0, length, 0], [
      [0, '#1f4d36'], [1, `rgb(${Math.round(mix(46, 140, light))} ${Math.round(mix(110, 186, light))} ${Math.round(mix(70, 104, light))})`],
    ]);
    context.beginPath();
    context.moveTo(0, 0);
    context.bezierCurveTo(length * 0.4, -length * 0.05, length * 0.7, -length * 0.2, length, 0);
    context.bezierCurveTo(length * 0.7, length * 0.12, length * 0.4, length * 0.04, 0, 0);
    context.fill();
    context.restore();
  }
  context.fillStyle = linear(context, [x - size * 0.3, 0, x + size * 0.3, 0], [[0, '#fffdf8'], [0.6, '#dcd4c8'], [1, '#a89d8e']]);
  context.beginPath();
  context.moveTo(x - size * 0.28, y - 10);
  context.lineTo(x + size * 0.28, y - 10);
  context.lineTo(x + size * 0.2, y + size * 0.5);
  context.lineTo(x - size * 0.2, y + size * 0.5);
  context.fill();
}

function paintLamps(context: Context2D): void {
  for (const [x, y] of [[860, 190], [1040, 240]] as const) {
    context.fillStyle = '#4a443e';
    context.fillRect(x - 2, 0, 4, y - 40);
    paintGlow(context, { x, y, radius: 260, rgb: '255 226 170', strength: 0.6 });
    context.fillStyle = linear(context, [x - 50, 0, x + 50, 0], [[0, '#e8b04e'], [0.4, '#f9d58a'], [1, '#b97f2c']]);
    context.beginPath();
    context.arc(x, y, 52, Math.PI, 2 * Math.PI);
    context.fill();
    context.fillStyle = '#fffbe9';
    context.beginPath();
    context.ellipse(x, y, 48, 9, 0, 0, 2 * Math.PI);
    context.fill();
  }
}

/** A low sideboard below the shelves. */
function paintSideboard(context: Context2D): void {
  paintFloorShadow(context, { x: 1130, y: 910 }, 720);
  context.fillStyle = linear(context, [0, 770, 0, 910], [[0, '#e6d3b8'], [1, '#b8966c']]);
  context.fillRect(1130, 770, 720, 140);
  context.fillStyle = 'rgb(80 54 30 / 40%)';
  for (const x of [1368, 1610]) context.fillRect(x, 784, 4, 120);
}

/** A sofa with cushions in front of the windows. */
function paintSofa(context: Context2D): void {
  const block = (x: number, y: number, width: number, height: number, colours: readonly [string, string]): void => {
    context.fillStyle = linear(context, [0, y, 0, y + height], [[0, colours[0]], [1, colours[1]]]);
    context.beginPath();
    context.roundRect(x, y, width, height, Math.min(36, height / 2));
    context.fill();
  };
  context.fillStyle = 'rgb(60 40 24 / 30%)';
  context.beginPath();
  context.ellipse(430, 1010, 420, 26, 0, 0, 2 * Math.PI);
  context.fill();
  block(90, 700, 680, 240, ['#7f9aa0', '#5f7c84']);
  block(300, 690, 120, 130, ['#f0c987', '#d59f54']);
  block(560, 700, 140, 130, ['#f4ede0', '#cfc2b0']);
  block(80, 830, 700, 150, ['#93adb2', '#5d7981']);
  block(30, 780, 110, 220, ['#88a3a8', '#55717a']);
  block(720, 780, 110, 220, ['#7c979d', '#4b666f']);
}

/** Sun through the windows: a slanted bright patch on the floor. */
function paintSunlight(context: Context2D): void {
  context.fillStyle = 'rgb(255 240 205 / 42%)';
  context.beginPath();
  context.moveTo(620, 900);
  context.lineTo(1000, 900);
  context.lineTo(1240, 1080);
  context.lineTo(760, 1080);
  context.fill();
}

/** A bright studio with a window front, out of focus like behind a portrait lens. */
export function drawStudio(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintSoft(context, 4, (soft) => {
      paintWalls(soft);
      paintWindows(soft);
      paintSunlight(soft);
      paintShelves(soft);
      paintLamps(soft);
      paintSideboard(soft);
      paintSofa(soft);
      paintPlant(soft, { x: 985, y: 800, size: 230, seed: 640 });
      paintPlant(soft, { x: 1740, y: 740, size: 100, seed: 650 });
    });
    paintGlow(context, { x: 120, y: 320, radius: 1100, rgb: '255 252 240', strength: 0.5 });
    paintGlow(context, { x: 860, y: 200, radius: 300, rgb: '255 232 180', strength: 0.25 });
  });
}
