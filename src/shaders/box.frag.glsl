#version 300 es
// Purpose: averages over a square window: neighbouring windows of the guided filter overlap, and a pixel takes
// the mean of all lines that were fitted around it.
// Inputs: u_source (linear filter); u_texel: one texel. Four bilinear fetches cover 3 × 3 texels.
// Output: the means.
precision highp float;
uniform sampler2D u_source;
uniform vec2 u_texel;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  vec4 sum = vec4(0.0);
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 2; x++) {
      sum += texture(u_source, v_texCoord + (vec2(float(x), float(y)) * 2.0 - 1.0) * u_texel * 0.5);
    }
  }
  outColor = sum / 4.0;
}
