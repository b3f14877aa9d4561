#version 300 es
// Purpose: area-averaged small copy of a picture (the segmenter's input).
// Input: u_source, sRGB-encoded RGBA, linear filter, top row first. u_origin, u_extent: the part of it that is
// copied, texture coordinates. u_texel: size of one target pixel in them. u_taps: bilinear fetches along each axis of a target pixel's footprint.
// Output: sRGB-encoded RGB, alpha 1. Averaged in the encoded values, as the networks were trained on.
precision highp float;
uniform sampler2D u_source;
uniform vec2 u_origin;
uniform vec2 u_extent;
uniform vec2 u_texel;
uniform int u_taps;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  float stepSize = 1.0 / float(u_taps);
  vec2 center = u_origin + v_texCoord * u_extent;
  vec3 sum = vec3(0.0);
  for (int y = 0; y < u_taps; y++) {
    for (int x = 0; x < u_taps; x++) {
      vec2 position = (vec2(float(x), float(y)) + 0.5) * stepSize - 0.5;
      sum += texture(u_source, center + position * u_texel).rgb;
    }
  }
  outColor = vec4(sum * stepSize * stepSize, 1.0);
}
