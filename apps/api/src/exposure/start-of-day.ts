import { fromLocal, toLocal } from '#domain';

/** The instant at which the local day of `at` began in `zone`; epoch milliseconds UTC. */
export function startOfDay(at: number, zone: string): number {
  return fromLocal(toLocal(at, zone).date, 0, zone);
}
