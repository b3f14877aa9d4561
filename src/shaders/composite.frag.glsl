#version 300 es
// Purpose: puts the person over the background. One program for each kind of background, with or without the
// person: each part of a picture is drawn by the one that does no more than is seen there (gl/block-mesh.ts).
// Defines: BACKGROUND 0 = the frame alone (background none), 1 = picture, 2 = blur, 3 = colour;
// PERSON 1 = person over background, 0 = curtain.
// Inputs: u_frame, the camera's picture; u_background: the placed background (1) or the blurred picture (2);
// u_color: sRGB-encoded colour (3); u_glow: the background, far smaller (1); u_matte: the line
// alpha = a·(RGB − 0.5) + b of each place, a in rgb and b in alpha, at a lower resolution (matte/guided-filter.ts),
// linear filter; u_person, u_room: the colours of both sides around it, and in u_person's alpha the mean
// probability; u_edge: lower and upper probability between which the person fades in;
// u_lightWrap: how much of the background's light falls on the person's rim, 0..1.
// Output: sRGB-encoded RGB, alpha 1, for the canvas: its first row in memory is the bottom, so v is flipped.
precision highp float;
uniform sampler2D u_frame;
uniform sampler2D u_matte;
uniform sampler2D u_person;
uniform sampler2D u_room;
uniform sampler2D u_background;
uniform sampler2D u_glow;
uniform vec3 u_color;
uniform vec2 u_edge;
uniform float u_lightWrap;
in vec2 v_texCoord;
out vec4 outColor;

vec3 backgroundColor(vec2 coord) {
#if BACKGROUND == 3
  return u_color;
#else
  return texture(u_background, coord).rgb;
#endif
}

vec3 glowColor(vec2 coord, vec3 background) {
#if BACKGROUND == 1
  return texture(u_glow, coord).rgb;
#else
  return background;
#endif
}

#if PERSON
/**
 * The rim's own colour, without the room that shines through or lies beside it. Between the colours of both sides
 * (matte/guided-filter.ts) the pixel's place tells how much room is in it, and so much is put in the person's.
 * Where both sides look alike nothing is done, and nothing would show. A small share is the person's own texture, and
 * there cannot be much more of the room than the matte's line (`fit`, before it is hardened) leaves.
 */
vec3 withoutRoom(vec3 seen, float matte, float fit, vec4 person, vec3 room) {
  vec3 apart = person.rgb - room;
  float distance = dot(apart, apart);
  float share = 1.0 - clamp(dot(seen - room, apart) / max(distance, 1e-4), 0.0, 1.0);
  share = min(share * smoothstep(0.02, 0.25, share), 1.2 - clamp(fit, 0.0, 1.0));
  float rim = max(1.0 - smoothstep(0.9, 1.0, matte), 1.0 - smoothstep(0.7, 0.97, person.a));
  float sure = rim * distance / (distance + 0.003);
  vec3 own = clamp(seen + share * sure * apart, 0.0, 1.0);
  // What is nearly all room has the room's pattern, too, which lies on no such line.
  return mix(own, person.rgb, sure * smoothstep(0.2, 0.9, share));
}
#endif

void main() {
  vec2 coord = vec2(v_texCoord.x, 1.0 - v_texCoord.y);
#if BACKGROUND == 0
  outColor = vec4(texture(u_frame, coord).rgb, 1.0);
#elif PERSON == 0
  outColor = vec4(backgroundColor(coord), 1.0);
#else
  vec3 color = backgroundColor(coord);
  vec3 seen = texture(u_frame, coord).rgb;
  vec4 line = texture(u_matte, coord);
  float fit = dot(line.rgb, seen - 0.5) + line.a;
  float matte = smoothstep(u_edge.x, u_edge.y, fit);
  if (matte > 0.0) {
    vec4 person = texture(u_person, coord);
    vec3 own = withoutRoom(seen, matte, fit, person, texture(u_room, coord).rgb);
    float wrap = u_lightWrap * clamp(2.0 - 2.0 * person.a, 0.0, 1.0);
    // Light only adds: a darker background leaves the person as they are.
    own += wrap * max(glowColor(coord, color) - own, 0.0);
    color = mix(color, own, matte);
  }
  outColor = vec4(color, 1.0);
#endif
}
