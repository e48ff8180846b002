// Point balances from deadlines, and from what the platforms issued and reported.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { PointsBalance } from '../evaluate-types.js';
import { pointBalances } from '../points/point-balances.js';
import { pointEntries, type PointedDeadline } from '../points/point-entries.js';
import type { TenantState } from './replay-state.js';

export function pointsOfTenant(
  { points }: CompiledRulebook,
  { points: issued, metrics }: TenantState,
  deadlines: readonly PointedDeadline[],
  asOf: number,
): PointsBalance[] {
  return points.flatMap((each) => pointBalances(each, pointEntries(each, issued, deadlines, asOf), metrics, asOf));
}
