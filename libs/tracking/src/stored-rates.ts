import type { RateSnapshot } from '#domain';
import type { ShopRateRow } from '#storage';

/** Measurements of rates as stored: for a rate and shop of a tenant one of each origin, of every week or month where it is measured by them. */
export class StoredRates {
  private readonly known = new Map<string, RateSnapshot[]>();

  constructor(rows: readonly ShopRateRow[]) {
    for (const { tenantId, snapshot } of rows) {
      const name = nameOf(tenantId, snapshot.rateId, snapshot.shopId, snapshot.origin);
      const known = this.known.get(name);
      if (known) known.push(snapshot);
      else this.known.set(name, [snapshot]);
    }
  }

  /**
   * What a measurement at `at` follows on: of a report the report before it, of our own count the latest of both, with the base the platform last
   * reported.
   */
  before(
    tenantId: string,
    rateId: string,
    shopId: string,
    origin: RateSnapshot['origin'],
    at: number,
  ): RateSnapshot | undefined {
    const reported = this.latest(nameOf(tenantId, rateId, shopId, 'reported'), at);
    if (origin === 'reported') return reported;
    const computed = this.latest(nameOf(tenantId, rateId, shopId, 'computed'), at);
    if (!reported || !computed) return reported ?? computed;
    const base = reported.base ?? computed.base;
    const latest = reported.measuredAt > computed.measuredAt ? reported : computed;
    return base === undefined ? latest : { ...latest, base };
  }

  private latest(name: string, before: number): RateSnapshot | undefined {
    const earlier = (this.known.get(name) ?? []).filter(({ measuredAt }) => measuredAt < before);
    return earlier.sort((a, b) => b.measuredAt - a.measuredAt)[0];
  }
}

function nameOf(...parts: readonly [tenantId: string, rateId: string, shopId: string, origin: string]): string {
  return parts.join('\n');
}
