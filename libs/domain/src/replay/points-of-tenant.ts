// Point balances from deadlines, and from what the platforms issued and reported.
import type { CompiledRulebook } from '../compile/compiled.js';
import type { PointsBalance } from '../evaluate-types.js';
import { pointBalances } from '../points/point-balances.js';
import { pointEntries, type PointedDeadline } from '../points/point-entries.js';
import type { ReplayState } from './replay-state.js';

export function pointsOfTenant(
  { points }: CompiledRulebook,
  state: ReplayState,
  tenantId: string,
  deadlines: readonly PointedDeadline[],
  asOf: number,
): PointsBalance[] {
  const issued = state.points.filter((one) => one.tenantId === tenantId);
  const reported = state.metrics.filter((one) => one.tenantId === tenantId);
  return points.flatMap((each) => pointBalances(each, pointEntries(each, issued, deadlines, asOf), reported, asOf));
}
