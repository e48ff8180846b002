// What a backtest says, small enough to be stored: groups with a few examples each, and what the draft does to the money in all.
import type { ChangedDeadline, ChangedGroup } from './compare-evaluations.js';

export interface BacktestGroup extends Omit<ChangedGroup, 'changes'> {
  readonly changed: number;
  /** The first of the changed deadlines. */
  readonly examples: readonly ChangedDeadline[];
}

export interface BacktestTotal {
  readonly currency: string;
  readonly changed: number;
  /** Fines of missed deadlines in the groups listed, as the rules in force say and as the draft says. Minor units. */
  readonly missedBeforeMinor: number;
  readonly missedAfterMinor: number;
}

export interface BacktestReport {
  readonly groups: readonly BacktestGroup[];
  /** By currency, sorted. */
  readonly totals: readonly BacktestTotal[];
}

const MOST_EXAMPLES = 20;

export function backtestReport(groups: readonly ChangedGroup[]): BacktestReport {
  const totals = new Map<string, BacktestTotal>();
  for (const { currency, changes, missedBeforeMinor, missedAfterMinor } of groups) {
    const sum = totals.get(currency) ?? { currency, changed: 0, missedBeforeMinor: 0, missedAfterMinor: 0 };
    totals.set(currency, {
      currency,
      changed: sum.changed + changes.length,
      missedBeforeMinor: sum.missedBeforeMinor + missedBeforeMinor,
      missedAfterMinor: sum.missedAfterMinor + missedAfterMinor,
    });
  }
  return {
    groups: groups.map(({ changes, ...group }) => ({
      ...group,
      changed: changes.length,
      examples: changes.slice(0, MOST_EXAMPLES),
    })),
    totals: [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  };
}
