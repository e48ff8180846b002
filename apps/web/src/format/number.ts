// Numbers in the reader's language. Formats are kept: making one costs more than using it a thousand times.

const formats = new Map<string, Intl.NumberFormat>();

export function numberFormat(language: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const name = JSON.stringify([language, options]);
  const known = formats.get(name) ?? new Intl.NumberFormat(language, options);
  formats.set(name, known);
  return known;
}

/** `10,000`. */
export function number(value: number, language: string): string {
  return numberFormat(language).format(value);
}
