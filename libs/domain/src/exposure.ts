// Money at risk and money lost over a set of deadlines, per currency. Currencies are never added up.
import type { Deadline } from './deadline.js';

export interface ExposureTotal {
  readonly currency: string;
  /** What the open deadlines would cost if all were missed. */
  readonly projectedMinor: number;
  /** What they are expected to cost. */
  readonly expectedMinor: number;
  /** What the missed ones cost. */
  readonly missedMinor: number;
}
type Counted = {
  readonly status: Deadline['status'];
  readonly fine: Pick<Deadline['fine'], 'amountMinor' | 'currency' | 'expectedMinor'>;
};

/** Totals sorted by currency; a currency without any money is left out. */
export function exposure(deadlines: Iterable<Counted>): readonly ExposureTotal[] {
  const sum = new ExposureSum();
  for (const deadline of deadlines) sum.add(deadline);
  return sum.totals();
}

/** The same for deadlines that come one by one. */
export class ExposureSum {
  readonly #totals = new Map<string, { -readonly [K in keyof ExposureTotal]: ExposureTotal[K] }>();

  add({ status, fine }: Counted): void {
    if ((status !== 'open' && status !== 'missed') || (fine.amountMinor === 0 && fine.expectedMinor === 0)) return;
    const { currency, amountMinor, expectedMinor } = fine;
    let total = this.#totals.get(currency);
    if (!total) this.#totals.set(currency, (total = { currency, projectedMinor: 0, expectedMinor: 0, missedMinor: 0 }));
    if (status === 'missed') {
      total.missedMinor += amountMinor;
    } else {
      total.projectedMinor += amountMinor;
      total.expectedMinor += expectedMinor;
    }
  }

  totals(): ExposureTotal[] {
    return [...this.#totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
  }
}
