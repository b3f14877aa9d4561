#version 300 es
// Purpose: tells for each block of output pixels whether it is surely background, surely person or a rim, so
// that the composite pass fetches only what is seen.
// Inputs: u_matte: the line alpha = a·(RGB − 0.5) + b, a in rgb and b in alpha (guided-solve.frag.glsl), nearest
// filter; u_person: the mean probability in alpha; u_samples: fetches along each side of a block, no further
// apart than the matte's texels; u_blockSize: size of a block in texture coordinates; u_gridScale: size of the
// whole grid in them; u_edge: as in composite.frag.glsl.
// Output: red 0 = background, 0.5 = rim, 1 = person. Holds for any frame's colours.
precision highp float;
uniform sampler2D u_matte;
uniform sampler2D u_person;
uniform vec2 u_blockSize;
uniform vec2 u_gridScale;
uniform int u_samples;
uniform vec2 u_edge;
in vec2 v_texCoord;
out vec4 outColor;

/** Light wraps around the person as far as the mean probability is below this. */
const float INSIDE = 0.97;

void main() {
  // Linear filtering never leaves the range of the texels it mixes, so texels one around the block bound it.
  vec2 margin = 1.0 / vec2(textureSize(u_matte, 0));
  // The last column and row of blocks may reach over the picture's edge.
  vec2 origin = v_texCoord * u_gridScale - 0.5 * u_blockSize - margin;
  vec2 extent = u_blockSize + 2.0 * margin;
  float lowest = 2.0;
  float highest = -1.0;
  float inside = 1.0;
  for (int y = 0; y < u_samples; y++) {
    for (int x = 0; x < u_samples; x++) {
      vec2 coord = origin + extent * vec2(float(x), float(y)) / float(u_samples - 1);
      vec4 line = texture(u_matte, coord);
      float reach = 0.5 * (abs(line.r) + abs(line.g) + abs(line.b));
      lowest = min(lowest, line.a - reach);
      highest = max(highest, line.a + reach);
    }
  }
  // The mean probability is smooth: fewer fetches will do.
  for (int corner = 0; corner < 4; corner++) {
    vec2 at = vec2(float(corner & 1), float(corner >> 1));
    inside = min(inside, texture(u_person, origin + extent * at).a);
  }
  float value = highest <= u_edge.x ? 0.0 : lowest >= u_edge.y && inside > INSIDE ? 1.0 : 0.5;
  outColor = vec4(value, 0.0, 0.0, 1.0);
}
