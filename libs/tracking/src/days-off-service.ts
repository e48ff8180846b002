import type { DaysOffOwner, DaysOffRow, Transaction } from '#storage';
import { AuditStore, DaysOffStore, RecomputeStore } from '#storage';
import { CORRECTION_REACH_MS } from './recompute-service.js';

export interface DaysOffChange extends DaysOffOwner {
  /** The whole list: `YYYY-MM-DD` to what the day is. */
  readonly days: Readonly<Record<string, string>>;
  readonly actor: string;
  readonly reason: string;
}

/** Days off of a seller or a warehouse, replaced as a whole. The same again changes nothing. */
export class DaysOffService {
  private readonly store = new DaysOffStore();
  private readonly recompute = new RecomputeStore();
  private readonly audit = new AuditStore();

  /**
   * The list, the request to judge its orders again (open ones, and those placed within the reach) and the audit row, in the caller's
   * transaction at `now` (UTC epoch milliseconds).
   */
  async replace(
    transaction: Transaction,
    { days, actor, reason, ...owner }: DaysOffChange,
    now: number,
  ): Promise<{ changed: boolean; row: DaysOffRow }> {
    const { tenantId, of, id } = owner;
    const known = await this.store.find(transaction, owner);
    if (known && saidBy(known.days) === saidBy(days)) return { changed: false, row: known };
    const row = { ...owner, revision: (known?.revision ?? 0) + 1, days, changedBy: actor, changedAt: now };
    await this.store.save(transaction, row);
    const scope = { ...(of === 'seller' ? { sellerId: id } : { warehouseId: id }), since: now - CORRECTION_REACH_MS };
    await this.recompute.request(transaction, { tenantId, cause: `days off of ${of} ${id}`, scope });
    const subject = `${of}/${id}/days-off`;
    const before = known && { days: known.days };
    await this.audit.add(transaction, {
      tenantId,
      actor,
      action: 'days-off.set',
      subject,
      before,
      after: { days },
      reason,
    });
    return { changed: true, row };
  }
}

function saidBy(days: DaysOffChange['days']): string {
  return JSON.stringify(Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1)));
}
