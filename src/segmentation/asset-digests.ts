/**
 * What the files of `assets/` are, as scripts/build-assets.mjs made them: it writes this file, too. The code fetches
 * them by these names and takes no others.
 */
export const ASSETS = {
  'selfie-landscape.json': { bytes: 51034, integrity: 'sha256-DZAR8qx5dcOgSg/fVwKy92S0jTvzu25cEAkyCIXC170=' },
  'selfie-landscape.bin': { bytes: 213844, integrity: 'sha256-+eQbX1+lyv/gv8bE67203V2GuKNqu+yAOlNAn4MbiLo=' },
  'selfie-general.json': { bytes: 50665, integrity: 'sha256-VwB+yk/rLo66xu9HNH7cIYj1UaGEEfW2Jae2Jo9Mc1I=' },
  'selfie-general.bin': { bytes: 213844, integrity: 'sha256-nSbusE9yjDraz2mpFEhyXfQPVzJLVprVZbBV48SGCnY=' },
  'tfjs-backend-wasm.wasm': { bytes: 311123, integrity: 'sha256-cKXVFgYEZOUmnwHHS6wXcta4q2y2Eqzxa1za9h942JI=' },
  'tfjs-backend-wasm-simd.wasm': { bytes: 424594, integrity: 'sha256-d+uyim0083HbvyCGt/LeiZSs2OpaPPH6JNLCbIQMrHs=' },
  'tfjs-backend-wasm-threaded-simd.wasm': { bytes: 435643, integrity: 'sha256-wFIijUvvGFwnu+WangKVcMeLu58Is8tGtZeFFlA3PeI=' },
  'tfjs-backend-wasm-threads.worker.js': { bytes: 57874, integrity: 'sha256-rbwEZyRH7ks3SeI2xEYWx3HUNyIXbENdbNBkpH5OzN4=' },
} as const;

export type AssetName = keyof typeof ASSETS;
