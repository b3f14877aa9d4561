#version 300 es
// Purpose: puts the person over the background. One program for each kind of background, with or without the
// person: software GL pays for every branch of every pixel.
// Defines: BACKGROUND 0 = the frame alone (background none), 1 = picture, 2 = blur, 3 = colour;
// PERSON 1 = person over background, 0 = curtain.
// Inputs: u_frame, the camera's picture; u_background: the placed background (1) or the blurred picture (2);
// u_color: sRGB-encoded colour (3); u_matte: the line alpha = a·I + b in red and green at a lower resolution,
// I = luma of u_frame − 0.5 (guided-solve.frag.glsl), linear filter; u_blocks: classify.frag.glsl's verdict on
// each block of output pixels, nearest filter; u_blockScale: output coordinate to block coordinate;
// u_edge: lower and upper probability between which the person fades in.
// Output: sRGB-encoded RGB, alpha 1, for the canvas: its first row in memory is the bottom, so v is flipped.
precision highp float;
uniform sampler2D u_frame;
uniform sampler2D u_matte;
uniform sampler2D u_blocks;
uniform sampler2D u_background;
uniform vec2 u_blockScale;
uniform vec3 u_color;
uniform vec2 u_edge;
in vec2 v_texCoord;
out vec4 outColor;

const vec3 LUMA = vec3(0.299, 0.587, 0.114);

vec3 backgroundColor(vec2 coord) {
#if BACKGROUND == 3
  return u_color;
#else
  return texture(u_background, coord).rgb;
#endif
}

void main() {
  vec2 coord = vec2(v_texCoord.x, 1.0 - v_texCoord.y);
#if BACKGROUND == 0
  outColor = vec4(texture(u_frame, coord).rgb, 1.0);
#elif PERSON == 0
  outColor = vec4(backgroundColor(coord), 1.0);
#else
  // Most of a picture is surely one or the other: fetch only what is seen.
  float block = texture(u_blocks, coord * u_blockScale).r;
  if (block > 0.75) {
    outColor = vec4(texture(u_frame, coord).rgb, 1.0);
    return;
  }
  vec3 color = backgroundColor(coord);
  if (block > 0.25) {
    vec3 person = texture(u_frame, coord).rgb;
    vec2 line = texture(u_matte, coord).rg;
    float matte = line.x * (dot(person, LUMA) - 0.5) + line.y;
    color = mix(color, person, smoothstep(u_edge.x, u_edge.y, matte));
  }
  outColor = vec4(color, 1.0);
#endif
}
