#version 300 es
// Purpose: guided filter with a colour guide, first half: sums along rows. He, Sun, Tang, "Guided Image
// Filtering", 2010; on a small copy as in He and Sun, "Fast Guided Filter", 2015.
// Inputs: u_probability: person probability in red; u_guide: the small picture of the same frame,
// sRGB-encoded; u_step: distance between taps in texture coordinates along x; u_taps: taps on either side.
// Output: means over the row's window of guide I, probability p, I·p, p·p and I·I. I is luma and two colour
// differences, which hardly depend on each other in pictures, so that the 3 × 3 covariance of the colour guide
// comes down to its diagonal. Centred on grey, which keeps the differences of large sums apart.
precision highp float;
uniform sampler2D u_probability;
uniform sampler2D u_guide;
uniform float u_step;
uniform int u_taps;
in vec2 v_texCoord;
layout(location = 0) out vec4 outGuide; // I (3), p
layout(location = 1) out vec4 outProducts; // I·p (3), p·p
layout(location = 2) out vec4 outSquares; // I·I (3), unused

// BT.601: columns are what red, green and blue give to luma and the colour differences.
const mat3 TO_YCC = mat3(0.299, -0.169, 0.5, 0.587, -0.331, -0.419, 0.114, 0.5, -0.081);

void main() {
  vec4 guides = vec4(0.0);
  vec4 products = vec4(0.0);
  vec3 squares = vec3(0.0);
  for (int tap = -u_taps; tap <= u_taps; tap++) {
    vec2 coord = v_texCoord + vec2(float(tap) * u_step, 0.0);
    vec3 guide = TO_YCC * (texture(u_guide, coord).rgb - 0.5);
    float probability = texture(u_probability, coord).r;
    guides += vec4(guide, probability);
    products += vec4(guide, probability) * probability;
    squares += guide * guide;
  }
  float weight = 1.0 / float(2 * u_taps + 1);
  outGuide = guides * weight;
  outProducts = products * weight;
  outSquares = vec4(squares * weight, 0.0);
}
