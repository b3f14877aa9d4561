import type { ComplexAttributeConverter } from 'lit';

/** Numbers from attributes. What is no number stays the text it was, so that the error can show it. */
export const numberConverter: ComplexAttributeConverter<number> = {
  fromAttribute(value) {
    const text = value?.trim() ?? '';
    const number = Number(text);
    return text === '' || Number.isNaN(number) ? (value as unknown as number) : number;
  },
  toAttribute(value) {
    return String(value);
  },
};
