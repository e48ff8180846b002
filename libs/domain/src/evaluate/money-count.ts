// What a fixed amount is charged per: the order, its parcels, units or cases, or what an incident counted.
import type { MoneyExpression } from '../rule.js';
import { parcelCount, type Subject } from './subject.js';

type Per = NonNullable<Extract<MoneyExpression, { fixed: string }>['per']>;
type Counted = 'units' | 'cases' | 'pallets' | 'loads';

export const PER: Readonly<Record<Per, (subject: Subject) => number>> = {
  order: () => 1,
  parcel: (subject) => (subject.parcel ? 1 : parcelCount(subject)),
  unit: (subject) => reported(subject, 'units') ?? subject.facts.lines.reduce((sum, line) => sum + line.quantity, 0),
  case: (subject) =>
    reported(subject, 'cases') ?? subject.facts.lines.reduce((sum, line) => sum + (line.cases ?? 0), 0),
  pallet: (subject) => reported(subject, 'pallets') ?? 0,
  load: (subject) => reported(subject, 'loads') ?? 0,
  incident: (subject) => subject.incidents.reduce((sum, incident) => sum + incident.count, 0) || 1,
};

/** What the incidents say; undefined when none of them counts this, so that the order's own numbers apply. */
function reported(subject: Subject, what: Counted): number | undefined {
  const counts = subject.incidents.flatMap((incident) => incident[what] ?? []);
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : undefined;
}
