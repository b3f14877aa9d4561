#version 300 es
// Purpose: a lens' blur (bokeh): the mean over a disc of blur-prepare.frag.glsl's copy, so that lamps become discs.
// Every texel under the disc is fetched once and counts as much as the disc covers it. Separable approximations
// by complex Gaussians (O. Niemitalo, "Circularly symmetric convolution and lens blur", 2010; K. Garcia, "Circular
// Separable Convolution Depth of Field", SIGGRAPH 2017) need as many fetches on so small a copy, and ring; a
// golden-angle spiral of bilinear fetches costs software GL more, since floats are dear to filter.
// Inputs: u_source: linear, not premultiplied, highlights spread, a = weight, read without filtering; u_taps:
// distance in texture coordinates (xy) and weight (z); u_count: how many; the disc is made in blur-pass.ts.
// Output: sRGB-encoded colour, alpha 1.
precision highp float;
uniform sampler2D u_source;
uniform vec3 u_taps[128];
uniform int u_count;
in vec2 v_texCoord;
out vec4 outColor;

const float KNEE = 0.7;
const float CLIPPED = 0.9;

/** Undoes spreadHighlights of blur-prepare.frag.glsl. */
vec3 gatherHighlights(vec3 light) {
  float peak = max(max(light.r, light.g), light.b);
  if (peak <= KNEE) return light;
  float above = (peak - KNEE) / (1.0 - KNEE);
  return light * ((KNEE + (1.0 - KNEE) * above / (1.0 + CLIPPED * above)) / peak);
}

/** See blur.frag.glsl. */
vec3 toEncoded(vec3 light) {
  vec3 c = sqrt(light);
  for (int i = 0; i < 2; i++) c -= (c * c * (0.7 + 0.3 * c) - light) / (c * (1.4 + 0.9 * c) + 1e-6);
  return c;
}

void main() {
  vec4 sum = vec4(0.0);
  for (int i = 0; i < u_count; i++) {
    vec3 tap = u_taps[i];
    vec4 texel = texture(u_source, v_texCoord + tap.xy);
    sum += vec4(texel.rgb, 1.0) * (texel.a * tap.z);
  }
  outColor = vec4(toEncoded(gatherHighlights(sum.rgb / sum.a)), 1.0);
}
