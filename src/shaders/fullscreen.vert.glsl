#version 300 es
// Draws one triangle that covers the target.
// Output: v_texCoord 0..1 with v = 0 on the target's first row in memory. Every texture of this package
// keeps the picture's top row first, so v_texCoord has its origin at the picture's top left.
in vec2 a_position;
out vec2 v_texCoord;

void main() {
  v_texCoord = a_position * 0.5 + 0.5;
  gl_Position = vec4(a_position, 0.0, 1.0);
}
