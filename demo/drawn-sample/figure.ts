import { drawArm } from './arm.ts';
import { drawNeck, drawTorso } from './body.ts';
import type { Context2D } from './canvas.ts';
import { drawBackHair, drawFrontHair, type HairStyle } from './hair.ts';
import { drawHead } from './head.ts';
import type { Pose } from './pose.ts';

/** The joint between neck and shoulders that the head tilts about, and how far the head sits below its own space. */
const NECK_Y = -0.48;
const HEAD_DROP = 0.035;

/** Figure units to pixels: the figure keeps its proportions and fits narrow pictures too. */
export function figureScale(size: { width: number; height: number }): number {
  return Math.min(size.height, size.width * 1.1);
}

/**
 * Draws the person over an empty, transparent canvas. The canvas's alpha channel is then the exact matte:
 * shapes are opaque with antialiased edges, and all shading is painted `source-atop`, which leaves alpha alone.
 */
export function drawFigure(
  context: Context2D,
  size: { width: number; height: number },
  { pose, hair }: { pose: Pose; hair: HairStyle },
): void {
  const scale = figureScale(size);
  context.save();
  context.translate(size.width / 2 + pose.x * scale, size.height + pose.y * scale);
  context.scale(scale, scale);
  context.rotate(pose.lean);
  context.scale(pose.breadth, 1);
  const inHeadSpace = (paint: () => void): void => {
    context.save();
    context.translate(0, NECK_Y);
    context.rotate(pose.tilt);
    context.translate(0, HEAD_DROP - NECK_Y);
    paint();
    context.restore();
  };
  inHeadSpace(() => drawBackHair(context, hair, pose));
  drawTorso(context);
  drawNeck(context);
  inHeadSpace(() => {
    drawHead(context, pose, hair === 'short');
    drawFrontHair(context, hair, pose);
  });
  drawArm(context, pose);
  context.restore();
}
