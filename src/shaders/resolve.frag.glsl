#version 300 es
// Purpose: the network's coarse output as a smooth person probability at the small picture's resolution.
// Upsampling by a uniform cubic B-spline in four bilinear fetches: Sigg and Hadwiger, "Fast Third-Order
// Texture Filtering", GPU Gems 2, chapter 20.
// Inputs: u_mask, logits or probabilities at the network's resolution, linear filter, clamped, top row first;
// u_maskScale, u_maskOffset: frame coordinate to mask coordinate; u_logits: 1 = apply the sigmoid.
// Output: person probability in the red channel, 1 = person.
precision highp float;
uniform sampler2D u_mask;
uniform vec2 u_maskScale;
uniform vec2 u_maskOffset;
uniform float u_logits;
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

void main() {
  vec2 coord = v_texCoord * u_maskScale + u_maskOffset;
  // A network whose cells are the picture's pixels needs no spline, which would only soften it.
  bool direct = u_maskScale == vec2(1.0) && u_maskOffset == vec2(0.0);
  float value = direct ? texture(u_mask, coord).r : cubicSample(coord);
  // Fails closed: what is no number is background.
  if (isnan(value)) value = u_logits > 0.5 ? -100.0 : 0.0;
  outColor = vec4(u_logits > 0.5 ? 1.0 / (1.0 + exp(-value)) : value, 0.0, 0.0, 1.0);
}
