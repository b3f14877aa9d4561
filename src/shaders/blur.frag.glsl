#version 300 es
// Purpose: one direction of a separable Gaussian blur over premultiplied colour and weight.
// Input: u_source (premultiplied, linear filter); u_direction: one source texel along the axis;
// u_sigma: standard deviation in source texels, at most 5.
// Output: premultiplied colour and weight, same scale as the input.
precision highp float;
uniform sampler2D u_source;
uniform vec2 u_direction;
uniform float u_sigma;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  float falloff = -0.5 / (u_sigma * u_sigma);
  vec4 sum = texture(u_source, v_texCoord);
  float weights = 1.0;
  // Two neighbouring texels in one bilinear fetch.
  for (int i = 1; i <= 13; i += 2) {
    float a = float(i);
    float b = a + 1.0;
    float weightA = exp(falloff * a * a);
    float weightB = exp(falloff * b * b);
    float weight = weightA + weightB;
    if (weight < 0.002) break;
    vec2 offset = u_direction * (a + weightB / weight);
    sum += (texture(u_source, v_texCoord + offset) + texture(u_source, v_texCoord - offset)) * weight;
    weights += 2.0 * weight;
  }
  outColor = sum / weights;
}
