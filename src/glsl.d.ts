/** Shader sources, loaded as text by Vite and by the test server alike. */
declare module '*.glsl?raw' {
  const source: string;
  export default source;
}
