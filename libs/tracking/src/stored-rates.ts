import type { RateSnapshot } from '#domain';
import type { ShopRateRow } from '#storage';

/** Measurements of rates as stored: at most one of each origin for a rate and shop of a tenant. */
export class StoredRates {
  private readonly known = new Map<string, RateSnapshot>();

  constructor(rows: readonly ShopRateRow[]) {
    for (const { tenantId, snapshot } of rows) {
      this.known.set(nameOf(tenantId, snapshot.rateId, snapshot.shopId, snapshot.origin), snapshot);
    }
  }

  computed(tenantId: string, rateId: string, shopId: string): RateSnapshot | undefined {
    return this.known.get(nameOf(tenantId, rateId, shopId, 'computed'));
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
    const reported = earlier(this.known.get(nameOf(tenantId, rateId, shopId, 'reported')), at);
    if (origin === 'reported') return reported;
    const computed = earlier(this.computed(tenantId, rateId, shopId), at);
    if (!reported || !computed) return reported ?? computed;
    const base = reported.base ?? computed.base;
    const latest = reported.measuredAt > computed.measuredAt ? reported : computed;
    return base === undefined ? latest : { ...latest, base };
  }
}

function earlier(snapshot: RateSnapshot | undefined, at: number): RateSnapshot | undefined {
  return snapshot && snapshot.measuredAt < at ? snapshot : undefined;
}

function nameOf(...parts: readonly [tenantId: string, rateId: string, shopId: string, origin: string]): string {
  return parts.join('\n');
}
