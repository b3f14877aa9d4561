#version 300 es
// Purpose: puts the person over the background.
// Inputs: u_frame, the camera's picture; u_outputSize: the output's size in pixels; u_matte: the line
// alpha = a·I + b in red and green at a lower resolution, I = luma of u_frame − 0.5 (guided-solve.frag.glsl),
// linear filter; u_blocks: classify.frag.glsl's verdict on each block of output pixels;
// u_background: mode 1: the placed background at the output's size; mode 2: premultiplied blur and weight.
// u_mode: 0 = the frame alone (background none), 1 = picture, 2 = blur, 3 = colour.
// u_color: sRGB-encoded colour for mode 3. u_person: 1 = person over background, 0 = curtain.
// u_edge: lower and upper probability between which the person fades in.
// Output: sRGB-encoded RGB, alpha 1, for the canvas: its first row in memory is the bottom, so y is flipped.
// Pictures of the output's own size are fetched without filtering, which software GL thanks with a third less
// time.
precision highp float;
uniform sampler2D u_frame;
uniform sampler2D u_matte;
uniform sampler2D u_blocks;
uniform sampler2D u_background;
uniform vec2 u_outputSize;
uniform int u_mode;
uniform vec3 u_color;
uniform float u_person;
uniform vec2 u_edge;
in vec2 v_texCoord;
out vec4 outColor;

// Pixels of a block along each side, as in guided-pass.ts.
const int BLOCK = 8;
const vec3 LUMA = vec3(0.299, 0.587, 0.114);

vec3 frameColor(vec2 coord, ivec2 pixel) {
  bool scaled = textureSize(u_frame, 0) != ivec2(u_outputSize);
  return scaled ? texture(u_frame, coord).rgb : texelFetch(u_frame, pixel, 0).rgb;
}

void main() {
  vec2 coord = vec2(v_texCoord.x, 1.0 - v_texCoord.y);
  ivec2 pixel = ivec2(gl_FragCoord.x, u_outputSize.y - gl_FragCoord.y);
  // Most of a picture is surely one or the other: fetch only what is seen.
  float block = u_person > 0.5 ? texelFetch(u_blocks, pixel / BLOCK, 0).r : 0.0;
  if (u_mode == 0 || block > 0.75) {
    outColor = vec4(frameColor(coord, pixel), 1.0);
    return;
  }
  vec3 background = u_color;
  if (u_mode == 1) {
    background = texelFetch(u_background, pixel, 0).rgb;
  } else if (u_mode == 2) {
    vec4 blurred = texture(u_background, coord);
    background = blurred.rgb / max(blurred.a, 1e-4);
  }
  if (block > 0.25) {
    vec3 color = frameColor(coord, pixel);
    vec2 line = texture(u_matte, coord).rg;
    float matte = line.x * (dot(color, LUMA) - 0.5) + line.y;
    background = mix(background, color, smoothstep(u_edge.x, u_edge.y, matte));
  }
  outColor = vec4(background, 1.0);
}
