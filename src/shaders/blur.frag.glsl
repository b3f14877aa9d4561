#version 300 es
// Purpose: one direction of a separable Gaussian blur over premultiplied colour and weight.
// Inputs: u_source (premultiplied, linear filter); u_taps: for each pair of fetches on either side its distance
// in texture coordinates (xy) and its weight (z), against 1 for the centre; the kernel is made in blur-pass.ts.
// Defines: NORMALIZE 1 = divide by the weight at the end (the last direction).
// Output: premultiplied colour and weight, same scale as the input; or colour, alpha 1.
precision highp float;
uniform sampler2D u_source;
uniform vec3 u_taps[4];
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  vec4 sum = texture(u_source, v_texCoord);
  float weights = 1.0;
  for (int i = 0; i < 4; i++) {
    vec3 tap = u_taps[i];
    sum += (texture(u_source, v_texCoord + tap.xy) + texture(u_source, v_texCoord - tap.xy)) * tap.z;
    weights += 2.0 * tap.z;
  }
#if NORMALIZE
  outColor = vec4(sum.rgb / max(sum.a, 1e-4), 1.0);
#else
  outColor = sum / weights;
#endif
}
