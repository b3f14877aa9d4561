#version 300 es
// Purpose: guided filter, second half: sums along columns, then the line p = a·I + b that fits each window
// best. Source: see guided-moments.frag.glsl.
// Inputs: u_moments: row means of I, p, I·p, I·I (nearest or linear filter); u_step: distance between taps in
// texture coordinates along y; u_taps: taps on either side; u_epsilon: variance of I below which the
// picture counts as flat and p stays smooth.
// Output: red a, green b, for I = luma − 0.5.
precision highp float;
uniform sampler2D u_moments;
uniform float u_step;
uniform int u_taps;
uniform float u_epsilon;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  vec4 sum = vec4(0.0);
  for (int tap = -u_taps; tap <= u_taps; tap++) {
    sum += texture(u_moments, v_texCoord + vec2(0.0, float(tap) * u_step));
  }
  vec4 mean = sum / float(2 * u_taps + 1);
  float variance = max(mean.w - mean.x * mean.x, 0.0);
  float covariance = mean.z - mean.x * mean.y;
  float a = covariance / (variance + u_epsilon);
  outColor = vec4(a, mean.y - a * mean.x, 0.0, 1.0);
}
