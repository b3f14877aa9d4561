#version 300 es
// Purpose: the network's coarse output as a smooth person probability at the small picture's resolution.
// Upsampling by a uniform cubic B-spline in four bilinear fetches: Sigg and Hadwiger, "Fast Third-Order
// Texture Filtering", GPU Gems 2, chapter 20.
// Inputs: u_mask, logits or probabilities at the network's resolution, linear filter, clamped, top row first;
// u_maskScale, u_maskOffset: frame coordinate to mask coordinate; u_cubic: 1 = by the spline, 0 = linear;
// u_logits: 1 = apply the sigmoid; u_rect: the part of the frame that the network saw (origin, size), frame
// coordinates; u_seam: width of the seam at its left, top, right and bottom, as shares of it, 0 where it ends with the
// frame. Defines: AROUND 1 = u_around, with u_aroundScale, u_aroundOffset and u_aroundCubic, is the mask outside; 0 = nobody
// is there.
// Output: person probability in the red channel, 1 = person.
precision highp float;
uniform sampler2D u_mask;
uniform vec2 u_maskScale;
uniform vec2 u_maskOffset;
uniform float u_cubic;
uniform float u_logits;
uniform vec4 u_rect;
uniform vec4 u_seam;
#if AROUND
uniform sampler2D u_around;
uniform vec2 u_aroundScale;
uniform vec2 u_aroundOffset;
uniform float u_aroundCubic;
#endif
in vec2 v_texCoord;
out vec4 outColor;

float cubicSample(sampler2D mask, vec2 texCoord) {
  vec2 size = vec2(textureSize(mask, 0));
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
  float top = mix(texture(mask, vec2(h1.x, h0.y)).r, texture(mask, h0).r, g0.x);
  float bottom = mix(texture(mask, h1).r, texture(mask, vec2(h0.x, h1.y)).r, g0.x);
  return mix(bottom, top, g0.y);
}

float toProbability(float value) {
  // Fails closed: what is no number is background.
  if (isnan(value)) return 0.0;
  return u_logits > 0.5 ? 1.0 / (1.0 + exp(-value)) : value;
}

void main() {
  vec2 coord = v_texCoord * u_maskScale + u_maskOffset;
  float probability = toProbability(u_cubic > 0.5 ? cubicSample(u_mask, coord) : texture(u_mask, coord).r);
  vec2 place = (v_texCoord - u_rect.xy) / u_rect.zw;
  // Exact zeros of the seam stand for the frame's own sides: beyond them there is nothing to fade to.
  vec4 inside = vec4(place, 1.0 - place) / max(u_seam, 1e-6);
  float share = clamp(min(min(inside.x, inside.y), min(inside.z, inside.w)), 0.0, 1.0);
#if AROUND
  vec2 aroundCoord = v_texCoord * u_aroundScale + u_aroundOffset;
  float outside = toProbability(u_aroundCubic > 0.5 ? cubicSample(u_around, aroundCoord) : texture(u_around, aroundCoord).r);
#else
  float outside = 0.0;
#endif
  outColor = vec4(mix(outside, probability, share), 0.0, 0.0, 1.0);
}
