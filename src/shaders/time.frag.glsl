#version 300 es
// Purpose: steadies the person probability where the picture rests and lets it through where it moves, so
// that the edge neither flickers nor trails.
// Inputs: u_probability: this mask's, in red; u_history: what this pass made of the masks before; u_guide,
// u_lastGuide: the small pictures of this mask's frame and of the one before, sRGB-encoded; u_gain: share of
// the new value where the picture rests, 0..1; u_texel: one texel of the guides.
// Output: the steadied probability in red.
precision highp float;
uniform sampler2D u_probability;
uniform sampler2D u_history;
uniform sampler2D u_guide;
uniform sampler2D u_lastGuide;
uniform float u_gain;
uniform vec2 u_texel;
in vec2 v_texCoord;
out vec4 outColor;

/** Change of a colour channel, 0..1, between a camera's noise (averaged over the texel) and motion. */
const float NOISE = 0.025;
const float MOTION = 0.1;

float change(vec2 coord) {
  vec3 difference = abs(texture(u_guide, coord).rgb - texture(u_lastGuide, coord).rgb);
  return max(difference.r, max(difference.g, difference.b));
}

void main() {
  float now = texture(u_probability, v_texCoord).r;
  float before = texture(u_history, v_texCoord).r;
  // The neighbours count too: an edge that moves by less than a texel changes only one side of it. Between four
  // texels the filter gives the mean of them.
  float moved = max(change(v_texCoord), max(change(v_texCoord - 0.5 * u_texel), change(v_texCoord + 0.5 * u_texel)));
  float disagreement = abs(now - before);
  // Where the picture moves, an edge that goes along makes a big difference; small ones are the network's mood.
  float follow = mix(mix(u_gain, 1.0, 0.35), 1.0, smoothstep(0.1, 0.35, disagreement));
  float gain = mix(u_gain, follow, smoothstep(NOISE, MOTION, moved));
  // A network that has changed its mind for good is believed, sooner than one that wavers.
  gain = max(gain, 0.5 * smoothstep(0.5, 0.9, disagreement));
  outColor = vec4(mix(before, now, gain), 0.0, 0.0, 1.0);
}
