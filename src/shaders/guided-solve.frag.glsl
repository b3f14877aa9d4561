#version 300 es
// Purpose: guided filter, second half: sums along columns, then the line p = a·I + b that fits each window
// best; and from the same sums, by the line the other way round (colour against probability, carried on to 1 and
// to 0), the colours of the person and of the room around each texel, with which the composite pass takes the old
// room out of the rim.
// Source of the filter: see guided-moments.frag.glsl.
// Inputs: u_guides, u_products, u_squares: row means; u_step: distance between taps in texture coordinates
// along y; u_taps: taps on either side; u_epsilon: variance of I below which the picture counts as flat and p
// stays smooth. Defines: PLAIN 1 = no float targets: u_guides is the probability, u_products the guide.
// Output: line: a for RGB − 0.5 in rgb, b in alpha; person: colour, sRGB-encoded, and the mean probability;
// room: colour, sRGB-encoded.
precision highp float;
uniform sampler2D u_guides;
uniform sampler2D u_products;
#if !PLAIN
uniform sampler2D u_squares;
uniform float u_step;
uniform int u_taps;
uniform float u_epsilon;
#endif
in vec2 v_texCoord;
layout(location = 0) out vec4 outLine;
layout(location = 1) out vec4 outPerson;
layout(location = 2) out vec4 outRoom;

const mat3 TO_YCC = mat3(0.299, -0.169, 0.5, 0.587, -0.331, -0.419, 0.114, 0.5, -0.081);
const mat3 TO_RGB = mat3(1.0, 1.0, 1.0, 0.0, -0.344, 1.772, 1.402, -0.714, 0.0);
/** Variance of p below which a window holds too little of one side to tell its colour. */
const float LEAST = 0.005;
/**
 * A soft mask rises more slowly than the edge under it, so a window's line ends short of both sides' colours, and
 * texels that hold both bring the spread down. Chosen by colour error and spill of drawn figures (npm run score).
 */
const float BEYOND = 1.6;
const float SPREAD = 1.4;

void main() {
#if PLAIN
  float probability = texture(u_guides, v_texCoord).r;
  vec3 color = texture(u_products, v_texCoord).rgb;
  outLine = vec4(vec3(0.0), probability);
  outPerson = vec4(color, probability);
  outRoom = vec4(color, 1.0);
#else
  vec4 guides = vec4(0.0);
  vec4 products = vec4(0.0);
  vec3 squares = vec3(0.0);
  for (int tap = -u_taps; tap <= u_taps; tap++) {
    vec2 coord = v_texCoord + vec2(0.0, float(tap) * u_step);
    guides += texture(u_guides, coord);
    products += texture(u_products, coord);
    squares += texture(u_squares, coord).rgb;
  }
  float weight = 1.0 / float(2 * u_taps + 1);
  guides *= weight;
  products *= weight;
  squares *= weight;
  vec3 mean = guides.rgb;
  float probability = guides.a;
  vec3 together = products.rgb - mean * probability;
  vec3 slope = together / (max(squares - mean * mean, 0.0) + u_epsilon);
  outLine = vec4(slope * TO_YCC, probability - dot(slope, mean));
  // The same sums the other way round: the colour that goes with each probability, carried on to 1 and to 0.
  vec3 colorPerProbability = BEYOND * together / (max(products.a - probability * probability, 0.0) + LEAST);
  // In a window of two plain colours, p of it the person's, the one lies sqrt((1 − p) / p) spreads from the mean and the
  // other as far the other way round: the line goes no further.
  vec3 spread = SPREAD * sqrt(max(squares - mean * mean, 0.0));
  float odds = sqrt((1.0 - probability + 0.02) / (probability + 0.02));
  vec3 person = mean + clamp(colorPerProbability * (1.0 - probability), -spread * odds, spread * odds);
  vec3 room = mean - clamp(colorPerProbability * probability, -spread / odds, spread / odds);
  outPerson = vec4(TO_RGB * person + 0.5, probability);
  outRoom = vec4(TO_RGB * room + 0.5, 1.0);
#endif
}
