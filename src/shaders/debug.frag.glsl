#version 300 es
// Purpose: shows a stage of the matte in place of the picture, for people who tune. The room itself never shows.
// Defines: VIEW 1 = mask: the network's probability; 2 = time: the same, steadied; 3 = matte: alpha as the
// composite pass uses it; 5 = colors: the person's colours without the room's.
// Inputs: u_mask: probability in red (1, 2); u_frame, u_matte, u_edge, u_person and u_room as in composite.frag.glsl.
// Output: sRGB-encoded RGB, alpha 1, for the canvas: its first row in memory is the bottom, so v is flipped.
precision highp float;
#if VIEW <= 2
uniform sampler2D u_mask;
#else
uniform sampler2D u_frame;
uniform sampler2D u_matte;
uniform vec2 u_edge;
#endif
#if VIEW == 5
uniform sampler2D u_person;
uniform sampler2D u_room;
#endif
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  vec2 coord = vec2(v_texCoord.x, 1.0 - v_texCoord.y);
#if VIEW <= 2
  vec3 color = vec3(texture(u_mask, coord).r);
#else
  vec3 seen = texture(u_frame, coord).rgb;
  vec4 line = texture(u_matte, coord);
  float matte = smoothstep(u_edge.x, u_edge.y, dot(line.rgb, seen - 0.5) + line.a);
#if VIEW == 3
  vec3 color = vec3(matte);
#else
  vec3 person = texture(u_person, coord).rgb;
  // Between the two sides' colours, as the composite pass has it.
  vec3 apart = person - texture(u_room, coord).rgb;
  float share = 1.0 - clamp(dot(seen - person + apart, apart) / max(dot(apart, apart), 1e-4), 0.0, 1.0);
  vec3 color = clamp(seen + share * (1.0 - smoothstep(0.85, 1.0, matte)) * apart, 0.0, 1.0) * matte;
#endif
#endif
  outColor = vec4(color, 1.0);
}
