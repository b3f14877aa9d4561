#version 300 es
// Purpose: lays a dense mask, as TensorFlow.js leaves it, out as a picture that can be sampled.
// Input: u_dense, float RGBA: value i of the mask (row-major, top row first) is channel i mod 4 of texel
// i div 4; u_rowTexels: texels in one of its rows; u_width: columns of the mask;
// u_logits: 1 = logits, 0 = probabilities.
// Output: the value (logit or probability, 1 = person) in the red channel, top row first.
precision highp float;
precision highp int;
uniform highp sampler2D u_dense;
uniform int u_rowTexels;
uniform int u_width;
uniform float u_logits;
const float SURELY_ROOM = -8.0;
out vec4 outColor;

void main() {
  ivec2 cell = ivec2(gl_FragCoord.xy);
  int index = cell.y * u_width + cell.x;
  int texel = index / 4;
  vec4 values = texelFetch(u_dense, ivec2(texel % u_rowTexels, texel / u_rowTexels), 0);
  float value = values[index % 4];
  // Fails closed: a texture that never got its values reads 0, which as a logit were half a person everywhere.
  outColor = vec4(u_logits > 0.5 && value == 0.0 ? SURELY_ROOM : value, 0.0, 0.0, 1.0);
}
