#version 300 es
// Purpose: one direction of a separable Gaussian blur of blur-prepare.frag.glsl's copy, each texel counting as
// much as it is background. Colours are averaged in linear light.
// Defines: LINEAR 1 = in linear light; 0 = the curtain: in encoded values.
// Inputs: u_source: encoded colour, not premultiplied, a = square root of the weight, read without filtering
// (interpolated, a colour of no weight would get some); u_taps: for each pair of fetches on either side
// its distance in texture coordinates (xy) and its weight (z), against 1 for the centre; u_count: how many pairs;
// the kernel is made in blur-pass.ts.
// Output: as the input: encoded colour, a = square root of the weight.
//
// Linear light at the price of two multiplications: c²(0.7 + 0.3 c) is so near sRGB's curve that means differ by
// 0.14 / 255 on average (by 6 at most, near black), and two steps of Newton's method undo it. In software GL powers
// double the pass's time, and textures decoded on fetch (SRGB8_ALPHA8) take it five times over.
precision highp float;
uniform sampler2D u_source;
uniform vec3 u_taps[9];
uniform int u_count;
in vec2 v_texCoord;
out vec4 outColor;

/** Colour and root of the weight to what can be added up: both follow nearly the same curve. */
vec4 toSum(vec4 texel) {
#if LINEAR
  vec4 squared = texel * texel;
  return vec4(squared.rgb * (0.7 + 0.3 * texel.rgb), 1.0) * squared.a;
#else
  return texel;
#endif
}

vec3 toEncoded(vec3 light) {
#if LINEAR
  vec3 c = sqrt(light);
  for (int i = 0; i < 2; i++) c -= (c * c * (0.7 + 0.3 * c) - light) / (c * (1.4 + 0.9 * c) + 1e-6);
  return c;
#else
  return light;
#endif
}

void main() {
  vec4 sum = toSum(texture(u_source, v_texCoord));
  float weights = 1.0;
  for (int i = 0; i < u_count; i++) {
    vec3 tap = u_taps[i];
    sum += (toSum(texture(u_source, v_texCoord + tap.xy)) + toSum(texture(u_source, v_texCoord - tap.xy))) * tap.z;
    weights += 2.0 * tap.z;
  }
  outColor = vec4(toEncoded(sum.rgb / sum.a), sqrt(sum.a / weights));
}
