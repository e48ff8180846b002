import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DriftService } from './drift-service.js';
import { SHIP_RULE, TENANT, TrackingBench, at, placed, rulebookDocument, version } from './fixture.js';

const START = at('2026-03-02T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CLOCK = { start: 'placed', count: { unit: 'hours', amount: 48 }, platformDeadline: 'shipBy' } as const;
const RULE = { ...SHIP_RULE, versions: [version({ clock: CLOCK })] };
const AS_OF = at('2026-03-20T00:00:00Z');

describe('DriftService', () => {
  let bench: TrackingBench;
  let drift: DriftService;
  let placedSoFar: number;
  beforeEach(async () => {
    bench = await TrackingBench.open(rulebookDocument([RULE]));
    drift = new DriftService(bench.dataSource);
    placedSoFar = 0;
  });
  afterEach(() => bench.close());

  /** Orders one minute apart whose platform says `differenceMs` more than the rule's 48 hours. */
  async function arrive(count: number, differenceMs: number): Promise<void> {
    const orders = Array.from({ length: count }, () => {
      const placedAt = START + placedSoFar++ * MINUTE;
      const platformDeadlines = { shipBy: placedAt + 48 * HOUR + differenceMs };
      return placed(`o${placedSoFar}`, { clocks: { placedAt }, platformDeadlines });
    });
    await bench.apply(orders, AS_OF);
  }
  const kinds = async (now = AS_OF): Promise<string[]> =>
    (await drift.refresh(now)).map(({ kind, row: { ruleId, ruleVersion } }) => `${kind} ${ruleId} ${ruleVersion}`);
  const decisions = (): Promise<unknown[]> =>
    bench.query(`SELECT kind, order_id, body FROM decision WHERE kind LIKE 'rule-drift%' ORDER BY decision_id`);

  it('opens once when a batch starts to differ, closes when one agrees again, and tells both through the outbox', async () => {
    await arrive(60, 0);
    expect(await kinds()).toEqual([]);
    await arrive(15, -24 * HOUR);
    expect(await kinds()).toEqual(['open SHIP 1']);
    expect(await kinds()).toEqual([]);
    await arrive(50, -24 * HOUR);
    expect(await kinds()).toEqual([]);
    await arrive(50, 0);
    expect(await kinds()).toEqual(['close SHIP 1']);
    expect(await decisions()).toEqual([
      {
        kind: 'rule-drift',
        order_id: null,
        body: {
          ruleId: 'SHIP',
          ruleVersion: '1',
          recent: { deadlines: 50, differing: 15, medianMs: 0, worstMs: -24 * HOUR },
          earlier: { deadlines: 25, differing: 0, medianMs: 0, worstMs: 0 },
        },
      },
      { kind: 'rule-drift-ended', order_id: null, body: expect.objectContaining({ ruleId: 'SHIP' }) },
    ]);
    expect(await bench.query('SELECT tenant_id, closed_at IS NULL AS open FROM rule_drift')).toEqual([
      { tenant_id: TENANT, open: false },
    ]);
    await arrive(15, HOUR);
    expect(await kinds(AS_OF + HOUR)).toEqual(['open SHIP 1']);
  });

  it('lets two processes look at once and opens one alert', async () => {
    await arrive(20, 2 * HOUR);
    const both = await Promise.all([kinds(), kinds(), kinds()]);
    expect(both.flat()).toEqual(['open SHIP 1']);
    expect(await decisions()).toHaveLength(1);
  });

  it('takes due instants within a minute of each other as the same', async () => {
    await arrive(20, 59_000);
    expect(await kinds()).toEqual([]);
  });
});
