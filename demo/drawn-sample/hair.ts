import { linear, scatter, type Context2D } from './canvas.ts';
import type { Pose } from './pose.ts';

/** How the hair is worn; `strands` adds single hairs about a pixel wide that stand off the head. */
export const HAIR_STYLES = ['short', 'long', 'strands'] as const;
export type HairStyle = (typeof HAIR_STYLES)[number];

const HAIR: ReadonlyArray<readonly [number, string]> = [[0, '#6d4630'], [0.4, '#4a2d1e'], [1, '#2a1811']];
const STRAND_COUNT = 60;

function traceShort(context: Context2D): void {
  context.beginPath();
  context.moveTo(-0.114, -0.69);
  context.bezierCurveTo(-0.126, -0.73, -0.134, -0.79, -0.116, -0.845);
  context.bezierCurveTo(-0.104, -0.885, -0.07, -0.9, -0.045, -0.905);
  context.bezierCurveTo(0.0, -0.93, 0.075, -0.915, 0.1, -0.872);
  context.bezierCurveTo(0.132, -0.835, 0.132, -0.74, 0.115, -0.69);
  context.bezierCurveTo(0.112, -0.72, 0.108, -0.745, 0.1, -0.768);
  context.bezierCurveTo(0.094, -0.79, 0.09, -0.8, 0.074, -0.818);
  context.bezierCurveTo(0.03, -0.806, -0.015, -0.808, -0.062, -0.838);
  context.bezierCurveTo(-0.078, -0.815, -0.092, -0.795, -0.1, -0.765);
  context.bezierCurveTo(-0.106, -0.745, -0.11, -0.72, -0.114, -0.69);
  context.closePath();
}

function traceLongFront(context: Context2D, swing: number): void {
  const hang = swing * 0.012;
  context.beginPath();
  context.moveTo(-0.02, -0.905);
  context.bezierCurveTo(0.085, -0.915, 0.14, -0.85, 0.14, -0.74);
  context.bezierCurveTo(0.14, -0.64, 0.155 + hang, -0.55, 0.136 + hang, -0.46);
  context.bezierCurveTo(0.125 + hang, -0.5, 0.105, -0.58, 0.108, -0.66);
  context.bezierCurveTo(0.108, -0.74, 0.06, -0.79, -0.03, -0.835);
  context.bezierCurveTo(-0.07, -0.8, -0.104, -0.74, -0.107, -0.66);
  context.bezierCurveTo(-0.105, -0.58, -0.125 + hang, -0.5, -0.138 + hang, -0.46);
  context.bezierCurveTo(-0.155 + hang, -0.55, -0.14, -0.64, -0.14, -0.74);
  context.bezierCurveTo(-0.14, -0.85, -0.1, -0.905, -0.02, -0.905);
  context.closePath();
}

/** Draws the hair behind the neck and on the shoulders; nothing for short hair. */
export function drawBackHair(context: Context2D, style: HairStyle, pose: Pose): void {
  if (style === 'short') return;
  const hang = pose.hairSwing * 0.016;
  context.beginPath();
  context.moveTo(0, -0.9);
  context.bezierCurveTo(0.11, -0.9, 0.15, -0.82, 0.146, -0.72);
  context.bezierCurveTo(0.144, -0.62, 0.186 + hang, -0.52, 0.168 + hang, -0.42);
  context.bezierCurveTo(0.162 + hang, -0.38, 0.14 + hang, -0.355, 0.108 + hang, -0.36);
  context.lineTo(-0.112 + hang, -0.36);
  context.bezierCurveTo(-0.144 + hang, -0.355, -0.166 + hang, -0.385, -0.17 + hang, -0.42);
  context.bezierCurveTo(-0.186 + hang, -0.52, -0.144, -0.62, -0.146, -0.72);
  context.bezierCurveTo(-0.15, -0.82, -0.11, -0.9, 0, -0.9);
  context.closePath();
  context.fillStyle = linear(context, [-0.16, -0.8, 0.16, -0.5], [[0, '#4e3122'], [0.5, '#33201a'], [1, '#20120d']]);
  context.fill();
}

/** Draws fine lines along the hair so that it reads as hair; they stay inside what is drawn already. */
function drawSheen(context: Context2D, style: HairStyle): void {
  const short = style === 'short';
  const count = short ? 20 : 26;
  context.lineWidth = 0.0024;
  for (let index = 0; index < count; index += 1) {
    const way = (index + 0.6 * scatter(index, 1)) / count;
    context.strokeStyle = scatter(index, 2) > 0.5 ? 'rgb(196 140 98 / 26%)' : 'rgb(20 10 6 / 26%)';
    context.beginPath();
    if (short) {
      context.moveTo(-0.07 - 0.03 * way, -0.83 - 0.06 * way);
      context.quadraticCurveTo(-0.02 + 0.1 * way, -0.85 - 0.07 * way, 0.09 + 0.04 * way, -0.8 - 0.04 * way + 0.12 * way * way);
    } else {
      const across = -0.14 + 0.28 * way;
      context.moveTo(across * 0.3 - 0.02, -0.9);
      context.quadraticCurveTo(across, -0.87, across * 1.05, -0.62 + 0.16 * scatter(index, 3));
    }
    context.stroke();
  }
}

/** Draws single hairs that leave the outline of the head and bend along it, up to a pixel wide at 360 lines. */
function drawStrands(context: Context2D, pose: Pose): void {
  context.lineCap = 'round';
  for (let index = 0; index < STRAND_COUNT; index += 1) {
    const angle = Math.PI * (-0.12 + 1.24 * ((index + scatter(index, 4)) / STRAND_COUNT));
    const [outX, outY] = [-Math.cos(angle), -Math.sin(angle)];
    const length = 0.03 + 0.055 * scatter(index, 5);
    const bend = (angle < Math.PI / 2 ? -1 : 1) * (0.5 + scatter(index, 6)) + pose.hairSwing * 0.25;
    const rootX = outX * 0.125;
    const rootY = -0.755 + outY * 0.13;
    context.lineWidth = 0.0011 + 0.0018 * scatter(index, 7);
    context.strokeStyle = scatter(index, 8) > 0.5 ? '#6a4430' : '#3a2218';
    context.beginPath();
    context.moveTo(rootX, rootY);
    context.quadraticCurveTo(
      rootX + outX * length * 0.8,
      rootY + outY * length * 0.8,
      rootX + (outX - outY * bend) * length,
      rootY + (outY + outX * bend) * length,
    );
    context.stroke();
  }
}

/** Draws the hair in front of the face, and the single hairs. */
export function drawFrontHair(context: Context2D, style: HairStyle, pose: Pose): void {
  if (style === 'strands') drawStrands(context, pose);
  context.save();
  context.translate(pose.turn * 0.005, 0);
  if (style === 'short') traceShort(context);
  else traceLongFront(context, pose.hairSwing);
  context.fillStyle = linear(context, [-0.13, -0.9, 0.12, -0.7], HAIR);
  context.fill();
  context.globalCompositeOperation = 'source-atop';
  context.clip();
  drawSheen(context, style);
  context.restore();
}
