import { linear, type AnyCanvas, type Context2D } from './canvas';
import { paintBooks, paintContact, paintFloorShadow, paintLeaves, paintPile, paintPot } from './furniture';
import { DESIGN_HEIGHT, DESIGN_WIDTH, noise, paintDesign, paintGlow, paintSoft } from './tools';

/** Where the wooden slats begin, the sideboard's top, and the floor. */
const SLATS_X = 1330;
const TOP = 790;
const FLOOR = 1010;

function paintWall(context: Context2D): void {
  context.fillStyle = linear(context, [0, 0, DESIGN_WIDTH, 420], [[0, '#ebe7df'], [0.5, '#dcd6cb'], [1, '#c2b9ab']]);
  context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
  context.fillStyle = linear(context, [0, 0, 0, DESIGN_HEIGHT], [[0, 'rgb(90 80 66 / 10%)'], [0.3, 'rgb(90 80 66 / 0%)'], [1, 'rgb(70 60 48 / 20%)']]);
  context.fillRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT);
}

/** Upright oak slats with dark joints, each of its own shade. */
function paintSlats(context: Context2D): void {
  context.fillStyle = '#3b2c20';
  context.fillRect(SLATS_X, 0, DESIGN_WIDTH - SLATS_X, FLOOR);
  for (let x = SLATS_X; x < DESIGN_WIDTH; x += 34) {
    const shade = noise(x / 34, 0.5, 300);
    const tone = (base: number): number => Math.round(base * (0.9 + 0.18 * shade));
    context.fillStyle = linear(context, [x, 0, x + 24, 0], [
      [0, `rgb(${tone(196)} ${tone(156)} ${tone(112)})`], [0.7, `rgb(${tone(172)} ${tone(132)} ${tone(92)})`], [1, `rgb(${tone(120)} ${tone(88)} ${tone(58)})`],
    ]);
    context.fillRect(x, 0, 24, FLOOR);
  }
  context.fillStyle = linear(context, [0, 0, 0, FLOOR], [[0, 'rgb(40 26 14 / 34%)'], [0.22, 'rgb(40 26 14 / 0%)'], [0.6, 'rgb(40 26 14 / 12%)'], [1, 'rgb(40 26 14 / 40%)']]);
  context.fillRect(SLATS_X, 0, DESIGN_WIDTH - SLATS_X, FLOOR);
}

/** Light that falls through a window outside the picture, with its bars. */
function paintWindowLight(context: Context2D): void {
  context.save();
  context.transform(1, 0.16, -0.34, 1, 330, 20);
  for (const [column, row] of [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]] as const) {
    context.fillStyle = `rgb(255 246 226 / ${46 - 8 * column}%)`;
    context.fillRect(column * 214, row * 268, 198, 252);
  }
  context.restore();
}

/** A framed print: three calm shapes. */
function paintPrint(context: Context2D, x: number, y: number, width: number, height: number, turned: boolean): void {
  context.fillStyle = 'rgb(60 48 34 / 24%)';
  context.fillRect(x + 12, y + 16, width, height);
  context.fillStyle = linear(context, [x, y, x + width, y + height], [[0, '#55483a'], [1, '#3a3027']]);
  context.fillRect(x, y, width, height);
  context.fillStyle = '#f5f1e8';
  context.fillRect(x + 9, y + 9, width - 18, height - 18);
  context.save();
  context.beginPath();
  context.rect(x + 42, y + 46, width - 84, height - 92);
  context.clip();
  context.fillStyle = turned ? '#dfe3df' : '#e9dfcf';
  context.fillRect(x, y, width, height);
  for (const [across, down, radius, colour] of turned
    ? [[0.36, 0.96, 0.42, '#56717a'], [0.74, 0.84, 0.3, '#8ba3a3'], [0.64, 0.34, 0.13, '#d9a978']] as const
    : [[0.3, 0.9, 0.44, '#b98a68'], [0.8, 0.98, 0.36, '#5d7268'], [0.56, 0.36, 0.15, '#cf8f63']] as const) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x + width * across, y + height * down, width * radius, 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
}

/** A long low sideboard with closed doors. */
function paintSideboard(context: Context2D): void {
  context.fillStyle = linear(context, [0, FLOOR - 30, 0, DESIGN_HEIGHT], [[0, '#a48d70'], [1, '#7e6850']]);
  context.fillRect(0, FLOOR, DESIGN_WIDTH, DESIGN_HEIGHT - FLOOR);
  paintFloorShadow(context, { x: 100, y: FLOOR + 18 }, 1720);
  context.fillStyle = '#5b4937';
  context.fillRect(110, FLOOR - 20, 1700, 40);
  context.fillStyle = linear(context, [80, 0, 1840, 0], [[0, '#efece6'], [0.5, '#dcd7ce'], [1, '#bdb5a8']]);
  context.fillRect(80, TOP, 1760, FLOOR - TOP - 14);
  context.fillStyle = linear(context, [0, TOP + 24, 0, FLOOR], [[0, 'rgb(70 58 44 / 26%)'], [0.3, 'rgb(70 58 44 / 6%)'], [1, 'rgb(70 58 44 / 30%)']]);
  context.fillRect(80, TOP + 24, 1760, FLOOR - TOP - 38);
  context.fillStyle = 'rgb(80 68 54 / 55%)';
  for (const x of [520, 960, 1400]) context.fillRect(x, TOP + 30, 4, FLOOR - TOP - 50);
  context.fillStyle = linear(context, [80, 0, 1840, 0], [[0, '#cfa273'], [0.5, '#bd8f60'], [1, '#996f47']]);
  context.fillRect(66, TOP, 1788, 26);
}

function paintThings(context: Context2D): void {
  paintContact(context, { x: 240, y: TOP }, 190, 0.4);
  paintLeaves(context, { x: 240, y: TOP - 120, size: 250, count: 40, fan: 2.7, seed: 320, root: '#24462f', dark: [52, 98, 62], light: [142, 178, 110] });
  paintPot(context, { x: 240, y: TOP, width: 168, height: 140, taper: 0.68, colours: ['#f7f4ee', '#e2dcd1', '#a79e90'] });
  paintContact(context, { x: 470, y: TOP }, 130, 0.3);
  paintPile(context, { x: 396, y: TOP }, 150, ['#8b9a97', '#d8c9ae', '#5d6b70']);
  paintContact(context, { x: 1500, y: TOP }, 220, 0.35);
  paintBooks(context, { x: 1390, y: TOP, width: 210, height: 150, seed: 341, bindings: [[226, 218, 202], [112, 128, 124], [188, 150, 112], [74, 86, 92], [204, 190, 164]] });
  paintContact(context, { x: 1720, y: TOP }, 90, 0.4);
  context.fillStyle = '#4b4035';
  context.fillRect(1716, TOP - 190, 8, 186);
  context.fillRect(1676, TOP - 10, 88, 10);
  paintGlow(context, { x: 1720, y: TOP - 200, radius: 380, rgb: '255 220 164', strength: 0.75 });
  context.fillStyle = linear(context, [0, TOP - 310, 0, TOP - 170], [[0, '#fff3d8'], [1, '#ffdca4']]);
  context.beginPath();
  context.moveTo(1672, TOP - 310);
  context.lineTo(1768, TOP - 310);
  context.lineTo(1800, TOP - 172);
  context.lineTo(1640, TOP - 172);
  context.fill();
}

/** A quiet office: a plain wall in window light, oak slats, a sideboard with a plant and a lamp; out of focus. */
export function drawOffice(canvas: AnyCanvas): void {
  paintDesign(canvas, (context) => {
    paintSoft(context, 3, (soft) => {
      paintWall(soft);
      paintSoft(soft, 4, (light) => paintWindowLight(light));
      paintSlats(soft);
      paintPrint(soft, 370, 190, 250, 330, false);
      paintPrint(soft, 670, 190, 250, 330, true);
      paintSideboard(soft);
      paintThings(soft);
    });
    paintGlow(context, { x: 60, y: 200, radius: 1100, rgb: '255 250 236', strength: 0.3 });
  });
}
