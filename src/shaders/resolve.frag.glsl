#version 300 es
// Purpose: the network's coarse output as a smooth person probability at the small picture's resolution.
// Upsampling by a uniform cubic B-spline in four bilinear fetches: Sigg and Hadwiger, "Fast Third-Order
// Texture Filtering", GPU Gems 2, chapter 20.
// Inputs: u_mask, logits or probabilities at the network's resolution, linear filter, clamped, top row first;
// u_maskScale, u_maskOffset: frame coordinate to mask coordinate; u_logits: 1 = apply the sigmoid.
// Defines: DETAIL 1 = u_detail (with u_detailScale, u_detailOffset) is a closer look at part of the frame, which
// replaces the mask there; u_feather: width of the seam at its left, top, right and bottom, in its own
// coordinates, 0 where it ends with the frame.
// Output: person probability in the red channel, 1 = person.
precision highp float;
uniform sampler2D u_mask;
uniform vec2 u_maskScale;
uniform vec2 u_maskOffset;
uniform float u_logits;
#if DETAIL
uniform sampler2D u_detail;
uniform vec2 u_detailScale;
uniform vec2 u_detailOffset;
uniform vec4 u_feather;
#endif
in vec2 v_texCoord;
out vec4 outColor;

float cubicSample(vec2 texCoord) {
  vec2 size = vec2(textureSize(u_mask, 0));
  vec2 position = texCoord * size - 0.5;
  vec2 base = floor(position);
  vec2 f = position - base;
  vec2 f2 = f * f;
  vec2 f3 = f2 * f;
  vec2 w0 = (1.0 - f) * (1.0 - f) * (1.0 - f) / 6.0;
  vec2 w1 = (4.0 - 6.0 * f2 + 3.0 * f3) / 6.0;
  vec2 w3 = f3 / 6.0;
  vec2 w2 = 1.0 - w0 - w1 - w3;
  vec2 g0 = w0 + w1;
  vec2 g1 = w2 + w3;
  vec2 h0 = (base - 0.5 + w1 / g0) / size;
  vec2 h1 = (base + 1.5 + w3 / g1) / size;
  float top = mix(texture(u_mask, vec2(h1.x, h0.y)).r, texture(u_mask, h0).r, g0.x);
  float bottom = mix(texture(u_mask, h1).r, texture(u_mask, vec2(h0.x, h1.y)).r, g0.x);
  return mix(bottom, top, g0.y);
}

float toProbability(float value) {
  // Fails closed: what is no number is background.
  if (isnan(value)) return 0.0;
  return u_logits > 0.5 ? 1.0 / (1.0 + exp(-value)) : value;
}

void main() {
  vec2 coord = v_texCoord * u_maskScale + u_maskOffset;
  // A network whose cells are the picture's pixels needs no spline, which would only soften it.
  bool direct = u_maskScale == vec2(1.0) && u_maskOffset == vec2(0.0);
  float probability = toProbability(direct ? texture(u_mask, coord).r : cubicSample(coord));
#if DETAIL
  vec2 place = v_texCoord * u_detailScale + u_detailOffset;
  // Exact zeros of the seam stand for the frame's own edge: outside there is nothing to fade to.
  vec4 inside = vec4(place, 1.0 - place) / max(u_feather, 1e-6);
  float share = clamp(min(min(inside.x, inside.y), min(inside.z, inside.w)), 0.0, 1.0);
  if (share > 0.0) probability = mix(probability, toProbability(texture(u_detail, place).r), share);
#endif
  outColor = vec4(probability, 0.0, 0.0, 1.0);
}
