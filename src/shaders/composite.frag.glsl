#version 300 es
// Purpose: puts the person over the background.
// Inputs: u_frame, the camera's picture; u_mask, person probability in red (1 = person); u_background:
// mode 1: the placed background, same coordinates as the output; mode 2: premultiplied blur and weight.
// u_mode: 0 = the frame alone (background none), 1 = picture, 2 = blur, 3 = colour.
// u_color: sRGB-encoded colour for mode 3. u_person: 1 = person over background, 0 = curtain.
// u_edge: lower and upper probability between which the person fades in.
// Output: sRGB-encoded RGB, alpha 1, for the canvas: its first row in memory is the bottom, so v is flipped.
precision highp float;
uniform sampler2D u_frame;
uniform sampler2D u_mask;
uniform sampler2D u_background;
uniform int u_mode;
uniform vec3 u_color;
uniform float u_person;
uniform vec2 u_edge;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  vec2 coord = vec2(v_texCoord.x, 1.0 - v_texCoord.y);
  if (u_mode == 0) {
    outColor = vec4(texture(u_frame, coord).rgb, 1.0);
    return;
  }
  float alpha = u_person * smoothstep(u_edge.x, u_edge.y, texture(u_mask, coord).r);
  // Most of a picture is surely one or the other: fetch only what is seen.
  if (alpha >= 0.999) {
    outColor = vec4(texture(u_frame, coord).rgb, 1.0);
    return;
  }
  vec3 background = u_color;
  if (u_mode == 1) {
    background = texture(u_background, coord).rgb;
  } else if (u_mode == 2) {
    vec4 blurred = texture(u_background, coord);
    background = blurred.rgb / max(blurred.a, 1e-4);
  }
  if (alpha > 0.0) background = mix(background, texture(u_frame, coord).rgb, alpha);
  outColor = vec4(background, 1.0);
}
