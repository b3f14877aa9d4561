#version 300 es
// Purpose: places the background picture in the output's frame (cover, contain or fill).
// Input: u_source, sRGB-encoded RGB(A), straight alpha, linear filter, top row first. u_scale, u_offset:
// output coordinate to source coordinate. u_surround: colour where the source doesn't reach.
// u_texel, u_taps: footprint of one output pixel in the source, as in downsample.frag.glsl.
// Output: sRGB-encoded RGB, alpha 1.
precision highp float;
uniform sampler2D u_source;
uniform vec2 u_scale;
uniform vec2 u_offset;
uniform vec2 u_texel;
uniform int u_taps;
uniform vec3 u_surround;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  vec2 center = v_texCoord * u_scale + u_offset;
  if (any(lessThan(center, vec2(0.0))) || any(greaterThan(center, vec2(1.0)))) {
    outColor = vec4(u_surround, 1.0);
    return;
  }
  float stepSize = 1.0 / float(u_taps);
  vec4 sum = vec4(0.0);
  for (int y = 0; y < u_taps; y++) {
    for (int x = 0; x < u_taps; x++) {
      vec2 position = (vec2(float(x), float(y)) + 0.5) * stepSize - 0.5;
      vec4 color = texture(u_source, center + position * u_texel);
      sum += vec4(color.rgb * color.a, color.a);
    }
  }
  sum *= stepSize * stepSize;
  outColor = vec4(sum.rgb + u_surround * (1.0 - sum.a), 1.0);
}
