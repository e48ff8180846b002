import { minorDigits } from '#domain';

/** BullMQ 6: 1 is served first, this last; 0 would go before every other. */
export const LEAST_URGENT = 2_097_151;
const STEPS = LEAST_URGENT - 1;
const WIDEST = Math.log2(Number.MAX_SAFE_INTEGER);

/**
 * BullMQ priority of an expected fine: the larger the fine in units of its currency, the smaller the number. Logarithmic, so
 * that every amount up to the largest safe integer has its place and small fines still differ. Currencies are not converted.
 */
export function priorityOf(expectedMinor: number, currency: string): number {
  const hundredths = Math.max(0, expectedMinor) * 10 ** (2 - minorDigits(currency));
  const share = Math.min(1, Math.log2(1 + hundredths) / WIDEST);
  return 1 + Math.round((1 - share) * STEPS);
}
