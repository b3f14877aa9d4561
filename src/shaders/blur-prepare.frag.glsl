#version 300 es
// Purpose: first step of the person-free blur: a small copy of the picture, each sample weighed by how much
// it is background, so that the person doesn't bleed into what surrounds them.
// Inputs: u_frame, sRGB-encoded; u_matte: the line p = a·(RGB − 0.5) + b for the person probability, as in
// composite.frag.glsl; u_personWeight: 1 = leave the person out,
// 0 = the curtain (the whole picture counts). u_texel, u_taps as in downsample.frag.glsl.
// Output: premultiplied: rgb = colour * weight, a = weight (0..1). The last pass divides.
precision highp float;
uniform sampler2D u_frame;
uniform sampler2D u_matte;
uniform float u_personWeight;
uniform vec2 u_texel;
uniform int u_taps;
in vec2 v_texCoord;
out vec4 outColor;

void main() {
  float stepSize = 1.0 / float(u_taps);
  vec4 sum = vec4(0.0);
  for (int y = 0; y < u_taps; y++) {
    for (int x = 0; x < u_taps; x++) {
      vec2 coord = v_texCoord + ((vec2(float(x), float(y)) + 0.5) * stepSize - 0.5) * u_texel;
      // The rim is part person: only what is surely background counts fully. The floor keeps a colour
      // for the inside of a person who fills the picture.
      vec3 color = texture(u_frame, coord).rgb;
      vec4 line = texture(u_matte, coord);
      float person = dot(line.rgb, color - 0.5) + line.a;
      float background = 1.0 - smoothstep(0.0, 0.4, person);
      float weight = mix(1.0, max(background, 0.002), u_personWeight);
      sum += vec4(color * weight, weight);
    }
  }
  outColor = sum * stepSize * stepSize;
}
