#version 300 es
// Purpose: resolves the network's coarse output to a soft person mask that follows the picture's edges.
// Joint bilateral upsampling: Kopf, Cohen, Lischinski, Uyttendaele, "Joint Bilateral Upsampling", 2007;
// the smooth start value is a uniform cubic B-spline (Sigg and Hadwiger, GPU Gems 2, chapter 20).
// Inputs: u_mask, R16F logits or probabilities at the network's resolution, linear filter, clamped;
// u_maskScale, u_maskOffset: frame coordinate to mask coordinate; u_logits: 1 = apply the sigmoid;
// u_guide: the small picture the network saw; u_frame: the full picture (both sRGB-encoded, linear filter);
// u_radius: reach of the bilateral filter in guide pixels per tap, 0 = smooth upsampling only.
// Output: person probability in the red channel, 1 = person; alpha 1.
precision highp float;
uniform sampler2D u_mask;
uniform vec2 u_maskScale;
uniform vec2 u_maskOffset;
uniform float u_logits;
uniform sampler2D u_guide;
uniform sampler2D u_frame;
uniform float u_radius;
in vec2 v_texCoord;
out vec4 outColor;

// Colour distance (sRGB-encoded, 0..1) at which a sample counts for 1/e of an equal one.
const float COLOR_SIGMA = 0.08;

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
  return u_logits > 0.5 ? 1.0 / (1.0 + exp(-value)) : value;
}

float maskAt(vec2 frameCoord) {
  return toProbability(texture(u_mask, frameCoord * u_maskScale + u_maskOffset).r);
}

void main() {
  float smoothed = toProbability(cubicSample(v_texCoord * u_maskScale + u_maskOffset));
  // Flat inside and outside: only the rim needs the picture. This saves most of the pass.
  if (u_radius <= 0.0 || smoothed < 0.02 || smoothed > 0.98) {
    outColor = vec4(smoothed, 0.0, 0.0, 1.0);
    return;
  }
  vec3 here = texture(u_frame, v_texCoord).rgb;
  vec2 guideTexel = u_radius / vec2(textureSize(u_guide, 0));
  float sum = 0.0;
  float weights = 0.0;
  for (int y = -2; y <= 2; y++) {
    for (int x = -2; x <= 2; x++) {
      vec2 offset = vec2(float(x), float(y));
      vec2 coord = v_texCoord + offset * guideTexel;
      vec3 difference = texture(u_guide, coord).rgb - here;
      float weight = exp(-dot(difference, difference) / (COLOR_SIGMA * COLOR_SIGMA) - dot(offset, offset) * 0.18);
      sum += weight * maskAt(coord);
      weights += weight;
    }
  }
  // Where no sample looks like this pixel the picture can't help: fall back to the smooth value.
  float guided = (sum + 0.05 * smoothed) / (weights + 0.05);
  outColor = vec4(guided, 0.0, 0.0, 1.0);
}
