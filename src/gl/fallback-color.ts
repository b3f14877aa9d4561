/** Shown in place of a picture that isn't there (yet): a calm dark grey, sRGB-encoded. */
export const FALLBACK_COLOR = [0.16, 0.17, 0.19] as const;
