type Rgb = readonly [number, number, number];

/**
 * What a CSS colour is in sRGB, 0…1; a translucent one lies over black, since a video has no alpha. The browser parses
 * it, and nothing is painted: browsers that guard against fingerprints answer lies where pixels are read.
 *
 * @returns null for what is no colour, and for words that are none by themselves (`inherit`, `var(--brand)`)
 */
export function parseColor(color: string): Rgb | null {
  // Missing where a page is only emulated.
  if (!globalThis.CSS?.supports?.('color', color)) return null;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return null;
  const parsed = normalize(context, color);
  if (parsed === null) return null;
  // Anything but a colour of sRGB is converted by being mixed with itself.
  return readSrgb(parsed) ?? readSrgb(normalize(context, `color-mix(in srgb, ${color}, ${color})`) ?? '');
}

/** The browser's own spelling; null where a canvas ignores the colour. */
function normalize(context: CanvasRenderingContext2D, color: string): string | null {
  const [first, second] = ['#000000', '#ffffff'].map((before) => {
    context.fillStyle = before;
    context.fillStyle = color;
    return context.fillStyle;
  });
  return first !== undefined && first === second ? first : null;
}

/** Reads the spellings that browsers have for colours of sRGB. */
function readSrgb(spelling: string): Rgb | null {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(spelling);
  if (hex) return overBlack(hex.slice(1).map((digits) => parseInt(digits, 16) / 255));
  const list = /^(?:(rgba?)|color)\((?:srgb )?([^)]*)\)$/.exec(spelling);
  const values = list?.[2]?.match(/none|[-+\d.e]+/gi)?.map((text) => (text === 'none' ? 0 : Number(text)));
  if (!list || !values || values.length < 3 || values.some((value) => !Number.isFinite(value))) return null;
  const [red = 0, green = 0, blue = 0, alpha = 1] = values;
  const range = list[1] ? 255 : 1;
  return overBlack([red / range, green / range, blue / range], alpha);
}

function overBlack(channels: readonly number[], alpha = 1): Rgb {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => Math.min(1, Math.max(0, channel)) * alpha);
  return [red, green, blue];
}
