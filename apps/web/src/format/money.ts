import { minorDigits } from '#currency';
import { numberFormat } from './number.ts';

/** `USD 1,234.50`: always with its currency code, digits by ISO 4217 rather than by the browser. */
export function money(amountMinor: number, currency: string, language: string): string {
  const digits = minorDigits(currency);
  const value = amountMinor / 10 ** digits;
  const number = numberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${currency}\u00a0${number.format(value)}`;
}

/** `1.2K`, for the labels of a chart. */
export function shortMoney(amountMinor: number, currency: string, language: string): string {
  const value = amountMinor / 10 ** minorDigits(currency);
  return numberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** `19.99%`, at most two decimals: limits are published so. A dash where nothing is known. */
export function percent(share: string | number | null, language: string): string {
  if (share === null) return '–';
  return numberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(Number(share));
}

/** `≥ 4%`. */
export function limit(comparison: '>' | '>=' | '<' | '<=', threshold: string, language: string): string {
  const sign = comparison.replace('>=', '≥').replace('<=', '≤');
  return `${sign} ${percent(threshold, language)}`;
}
