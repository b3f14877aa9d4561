import { linear, type Context2D } from './canvas.ts';
import type { Pose } from './pose.ts';

/* Figure units, see body.ts. The arm on the right of the picture; limbs point up (−y) from their joint. */

const SLEEVE: ReadonlyArray<readonly [number, string]> = [[0, '#34587f'], [0.5, '#284668'], [1, '#1a2f4b']];
const UPPER_SLEEVE: ReadonlyArray<readonly [number, string]> = [[0, '#2c4b6f'], [0.45, '#274467'], [1, '#1a2f4b']];
const SKIN: ReadonlyArray<readonly [number, string]> = [[0, '#f0bf9b'], [0.5, '#dfa680'], [1, '#b97d5c']];
const CREASE = 'rgb(128 66 44 / 55%)';

/** Draws a limb that narrows from its joint at (0, 0) to its end at (0, −length), with round ends. */
function drawLimb(
  context: Context2D,
  { length, from, to, stops }: { length: number; from: number; to: number; stops: ReadonlyArray<readonly [number, string]> },
): void {
  context.beginPath();
  context.arc(0, 0, from / 2, 0, Math.PI);
  context.bezierCurveTo(-from / 2, -length * 0.4, -to / 2, -length * 0.6, -to / 2, -length);
  context.arc(0, -length, to / 2, Math.PI, 2 * Math.PI);
  context.bezierCurveTo(to / 2, -length * 0.6, from / 2, -length * 0.4, from / 2, 0);
  context.closePath();
  context.fillStyle = linear(context, [-from / 2, 0, from / 2, 0], stops);
  context.fill();
}

function drawFinger(context: Context2D, [x, y, angle, length, width]: readonly [number, number, number, number, number]): void {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  drawLimb(context, { length, from: width, to: width * 0.84, stops: SKIN });
  context.globalCompositeOperation = 'source-atop';
  context.strokeStyle = CREASE;
  context.lineWidth = 0.0022;
  context.beginPath();
  context.moveTo(width * 0.46, -width * 0.1);
  context.lineTo(width * 0.4, -length * 0.95);
  context.stroke();
  context.restore();
}

/** Draws an open hand, wrist at (0, 0), fingers up. */
function drawOpenHand(context: Context2D): void {
  const fingers = [
    [-0.034, -0.112, -0.2, 0.074, 0.021],
    [-0.011, -0.121, -0.05, 0.086, 0.022],
    [0.012, -0.119, 0.08, 0.08, 0.021],
    [0.033, -0.106, 0.26, 0.06, 0.019],
    [-0.036, -0.045, -0.85, 0.076, 0.025],
  ] as const;
  for (const finger of fingers) drawFinger(context, finger);
  context.beginPath();
  context.moveTo(-0.032, 0.02);
  context.bezierCurveTo(-0.05, -0.03, -0.05, -0.08, -0.045, -0.112);
  context.bezierCurveTo(-0.03, -0.133, 0.025, -0.133, 0.042, -0.108);
  context.bezierCurveTo(0.048, -0.07, 0.042, -0.03, 0.03, 0.02);
  context.closePath();
  context.fillStyle = linear(context, [-0.05, 0, 0.05, 0], SKIN);
  context.fill();
  context.save();
  context.globalCompositeOperation = 'source-atop';
  context.strokeStyle = 'rgb(150 84 58 / 45%)';
  context.lineWidth = 0.0028;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(-0.04, -0.075);
  context.quadraticCurveTo(-0.005, -0.07, 0.012, -0.02);
  context.moveTo(-0.022, -0.095);
  context.quadraticCurveTo(0.015, -0.085, 0.04, -0.09);
  context.stroke();
  context.restore();
}

/** Draws the sleeve from the elbow up with the shirt's cuff; the hand is drawn before it. */
function drawSleeve(context: Context2D, length: number): void {
  context.beginPath();
  context.ellipse(0, -length * 0.72 - 0.034, 0.044, 0.018, 0, 0, 2 * Math.PI);
  context.fillStyle = '#e9e5dd';
  context.fill();
  drawLimb(context, { length: length * 0.72, from: 0.118, to: 0.094, stops: SLEEVE });
}

function drawUpperArm(context: Context2D, elbow: readonly [number, number]): void {
  const [x, y] = [0.262, -0.272];
  context.save();
  context.translate(x, y);
  context.rotate(Math.atan2(elbow[0] - x, y - elbow[1]));
  const length = Math.hypot(elbow[0] - x, elbow[1] - y);
  drawLimb(context, { length, from: 0.15, to: 0.12, stops: UPPER_SLEEVE });
  context.restore();
}

/** Draws the mug, its middle at (0, 0), with the hand around it. */
function drawMugInHand(context: Context2D): void {
  context.lineWidth = 0.016;
  context.strokeStyle = '#b83a2b';
  context.beginPath();
  context.ellipse(-0.062, 0.004, 0.03, 0.036, 0, 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  context.roundRect(-0.055, -0.072, 0.11, 0.142, 0.014);
  context.fillStyle = linear(context, [-0.055, 0, 0.055, 0], [[0, '#e8614a'], [0.3, '#f27d64'], [0.7, '#cc4a36'], [1, '#8e2a1e']]);
  context.fill();
  context.beginPath();
  context.ellipse(0, -0.068, 0.053, 0.011, 0, 0, 2 * Math.PI);
  context.fillStyle = '#7a2419';
  context.fill();
  for (const [y, length] of [[-0.034, 0.07], [-0.008, 0.076], [0.018, 0.072], [0.042, 0.06]] as const) {
    drawFinger(context, [0.056, y, -Math.PI / 2, length, 0.026]);
  }
  context.beginPath();
  context.moveTo(0.042, -0.05);
  context.bezierCurveTo(0.075, -0.062, 0.09, -0.02, 0.086, 0.03);
  context.bezierCurveTo(0.084, 0.06, 0.078, 0.08, 0.076, 0.11);
  context.lineTo(0.016, 0.11);
  context.bezierCurveTo(0.02, 0.085, 0.036, 0.07, 0.038, 0.04);
  context.bezierCurveTo(0.034, 0.01, 0.034, -0.03, 0.042, -0.05);
  context.closePath();
  context.fillStyle = linear(context, [0.02, 0, 0.09, 0], SKIN);
  context.fill();
}

/** Draws the raised arm of the poses `wave` and `hold`; nothing for the others. */
export function drawArm(context: Context2D, pose: Pose): void {
  if (pose.arm === 'none') return;
  const waving = pose.arm === 'wave';
  const elbow = waving ? ([0.47, -0.13] as const) : ([0.43, -0.07 + 0.012 * pose.armSwing] as const);
  drawUpperArm(context, elbow);
  const length = waving ? 0.31 : 0.24;
  context.save();
  context.translate(elbow[0], elbow[1]);
  context.rotate(waving ? 0.02 + 0.2 * pose.armSwing : 0.02 + 0.03 * pose.armSwing);
  drawLimb(context, { length, from: 0.078, to: 0.058, stops: SKIN });
  context.save();
  context.translate(waving ? 0 : -0.045, waving ? -length + 0.008 : -length - 0.055);
  if (waving) context.rotate(0.12 * pose.armSwing);
  if (waving) drawOpenHand(context);
  else drawMugInHand(context);
  context.restore();
  drawSleeve(context, length);
  context.restore();
}
