#version 300 es
// Purpose: first step of the person-free blur: a small copy of the picture, each sample weighed by how much
// it is background, so that the person doesn't bleed into what surrounds them. Samples are averaged in linear
// light, as a lens does it: lamps and windows keep their brightness.
// Defines: MODE 0 = the curtain: the whole picture, person and room alike, averaged in its encoded values, which
// dims bright things the more; 1 = for blur.frag.glsl; 2 = for blur-disc.frag.glsl.
// Inputs: u_frame, sRGB-encoded; u_matte (not for the curtain): see personAt, and composite.frag.glsl, linear filter;
// u_texel, u_taps as in downsample.frag.glsl.
// Output: the mean colour, not premultiplied: so it stays the same whatever the weight, in few bits too. 0, 1: encoded,
// a = square root of the weight, so that eight bits reach down to 1/65025. 2, for 16-bit floats: linear, highlights
// spread, a = weight.
precision highp float;
uniform sampler2D u_frame;
#if MODE > 0
uniform sampler2D u_matte;
#endif
uniform vec2 u_texel;
uniform int u_taps;
in vec2 v_texCoord;
out vec4 outColor;

#if MODE > 0
/** Probability from which on a colour is the person's. */
const float PERSON = 0.02;
/** What the person counts, so that there is a colour where there is nothing else: the least that the format holds. */
#if MODE == 1
const float LEAST = 1.0 / 65025.0;
#else
const float LEAST = 1.0 / 16384.0;
#endif

/** Person probability of a colour of the frame, as in composite.frag.glsl: the line p = a·(RGB − 0.5) + b. */
float personAt(vec2 coord, vec3 color) {
  vec4 line = texture(u_matte, coord);
  return dot(line.rgb, color - 0.5) + line.a;
}

/** Nearly sRGB's curve, without a power: see blur.frag.glsl. */
vec3 toLinear(vec3 c) {
  return c * c * (0.7 + 0.3 * c);
}

vec3 toEncoded(vec3 light) {
  vec3 c = sqrt(light);
  for (int i = 0; i < 2; i++) c -= (toLinear(c) - light) / (c * (1.4 + 0.9 * c) + 1e-6);
  return c;
}
#endif

#if MODE == 2
const float KNEE = 0.7;
const float CLIPPED = 0.9;

/**
 * Gives what the camera clipped some of its light back, up to 3.7 times, so that lamps become bright discs.
 * Nothing changes below the knee; blur-disc.frag.glsl undoes it, so that flat areas keep their colour.
 */
vec3 spreadHighlights(vec3 light) {
  float peak = max(max(light.r, light.g), light.b);
  if (peak <= KNEE) return light;
  float above = (peak - KNEE) / (1.0 - KNEE);
  return light * ((KNEE + (1.0 - KNEE) * above / (1.0 - CLIPPED * above)) / peak);
}
#endif

void main() {
  float stepSize = 1.0 / float(u_taps);
  vec4 sum = vec4(0.0);
  for (int y = 0; y < u_taps; y++) {
    for (int x = 0; x < u_taps; x++) {
      vec2 coord = v_texCoord + ((vec2(float(x), float(y)) + 0.5) * stepSize - 0.5) * u_texel;
      vec3 color = texture(u_frame, coord).rgb;
#if MODE == 0
      sum += vec4(color, 1.0);
#else
      // The rim is part person, and in linear light a hundredth of a white shirt brightens a dark room.
      float weight = max(1.0 - smoothstep(0.0, PERSON, personAt(coord, color)), LEAST);
      vec3 light = toLinear(color);
#if MODE == 2
      light = spreadHighlights(light);
#endif
      sum += vec4(light * weight, weight);
#endif
    }
  }
#if MODE == 0
  outColor = vec4(sum.rgb / sum.a, 1.0);
#elif MODE == 1
  outColor = vec4(toEncoded(sum.rgb / sum.a), stepSize * sqrt(sum.a));
#else
  outColor = vec4(sum.rgb / sum.a, sum.a * stepSize * stepSize);
#endif
}
