#version 300 es
// Purpose: guided filter, first half: sums along rows. He, Sun, Tang, "Guided Image Filtering", 2010; on a
// small copy as in He and Sun, "Fast Guided Filter", 2015.
// Inputs: u_probability: person probability in red; u_guide: the small picture of the same frame,
// sRGB-encoded; u_step: distance between taps in texture coordinates along x; u_taps: taps on either side.
// Output: means over the row's window of guide I, probability p, I·p and I·I; I is luma less one half, which
// keeps the differences of large sums apart.
precision highp float;
uniform sampler2D u_probability;
uniform sampler2D u_guide;
uniform float u_step;
uniform int u_taps;
in vec2 v_texCoord;
out vec4 outColor;

const vec3 LUMA = vec3(0.299, 0.587, 0.114);

void main() {
  vec4 sum = vec4(0.0);
  for (int tap = -u_taps; tap <= u_taps; tap++) {
    vec2 coord = v_texCoord + vec2(float(tap) * u_step, 0.0);
    float guide = dot(texture(u_guide, coord).rgb, LUMA) - 0.5;
    float probability = texture(u_probability, coord).r;
    sum += vec4(guide, probability, guide * probability, guide * guide);
  }
  outColor = sum / float(2 * u_taps + 1);
}
