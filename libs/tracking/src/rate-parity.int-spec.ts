// The record is counted in SQL, a file in memory: both must come to the same rates.
import { afterEach, expect, it } from '@jest/globals';
import type { ParsedEvent } from '#contracts';
import type { RateDefinition, RateSnapshot } from '#domain';
import { ReplayState, evaluateState, rateInUse } from '#domain';
import type { FinelineEvent } from '#domain';
import { eventually } from '#testing';
import {
  SHIP_RULE,
  TrackingBench,
  at,
  event,
  labelled,
  placed,
  rulebookDocument,
  scanned,
  version,
} from './fixture.js';
import { RateService } from './rate-service.js';
import { RecomputeService } from './recompute-service.js';

const TEXT = { en: 'Rate', zh: '率' };
const cap = { kind: 'order-cap', values: { percentOfBase: '50' }, text: TEXT } as const;
function rate(id: string, changes: Partial<RateDefinition>): RateDefinition {
  return {
    id,
    metric: id,
    title: TEXT,
    windows: [{ kind: 'rolling-days', days: 14 }],
    zone: 'market',
    bands: [{ gte: '0.10', effects: [cap] }],
    clears: { lt: '0.04' },
    sources: ['S'],
    confidence: 'derived',
    ...changes,
  };
}
const countOf = (
  rule: string | string[],
  unit: 'orders' | 'units' | 'parcels',
  numerator: 'missed' | 'met' = 'missed',
) => ({
  counts: { rule, unit, numerator },
});
const RULES = [
  SHIP_RULE,
  {
    ...SHIP_RULE,
    id: 'LATER',
    versions: [version({ clock: { start: 'placed', count: { unit: 'hours', amount: 96 } } })],
  },
  { ...SHIP_RULE, id: 'PARCEL', versions: [version({ per: 'parcel' })] },
] as const;
const RATES = [
  rate('late', countOf(['SHIP', 'LATER'], 'orders')),
  rate('late-units', countOf('SHIP', 'units')),
  rate('late-scans', { counts: { rule: 'SHIP', unit: 'orders', numerator: 'missed', onlyHappened: true } }),
  rate('late-parcels', countOf('PARCEL', 'parcels')),
  rate('parcel-orders', countOf('PARCEL', 'orders')),
  rate('cancelled', countOf('cancelled', 'orders')),
  rate('scanned', { ...countOf('scanned', 'parcels', 'met'), bands: [{ lt: '0.95', effects: [] }], clears: undefined }),
  rate('ended', { ...countOf('SHIP', 'orders'), effective: { until: '2026-03-05' } }),
];
const AS_OF = at('2026-03-09T00:00:00Z');
const scan = (number: string, day: number) => scanned(number, at(`2026-03-0${day}T12:00:00Z`));
const label = (order: string, number: string, day: number) => labelled(order, number, at(`2026-03-0${day}T09:00:00Z`));
const cancel = (orderId: string, by: 'seller' | 'buyer', cancelledAt: number) =>
  event('order.cancelled', { orderId, by, cancelledAt });
const lines = [{ lineId: '1', quantity: 5, cancelledQuantity: 2, unitPriceMinor: 100 }];

const EVENTS: ParsedEvent[] = [
  ...['met', 'late', 'open', 'seller', 'buyer', 'two', 'moved', 'bare'].map((id) => placed(id, { shopId: 'a', lines })),
  placed('fresh', { shopId: 'b', clocks: { placedAt: at('2026-03-08T08:00:00Z') } }),
  placed('elsewhere', { shopId: 'a', market: 'DE' }),
  label('met', 'T-MET', 2),
  scan('T-MET', 3),
  label('late', 'T-LATE', 2),
  scan('T-LATE', 5),
  label('two', 'T-TWO-A', 2),
  scan('T-TWO-A', 3),
  label('two', 'T-TWO-B', 3),
  label('open', 'T-FRESH', 8),
  label('moved', 'T-OLD', 2),
  event('parcel.relabelled', {
    orderId: 'moved',
    trackingNumber: 'T-NEW',
    replaces: 'T-OLD',
    uploadedAt: at('2026-03-03T09:00:00Z'),
  }),
  scan('T-NEW', 3),
  cancel('seller', 'seller', at('2026-03-06T03:00:00Z')),
  cancel('buyer', 'buyer', at('2026-03-03T03:00:00Z')),
];

let bench: TrackingBench;
afterEach(() => bench.close());

const stored = async (): Promise<RateSnapshot[]> =>
  (await bench.query<{ body: RateSnapshot }>('SELECT body FROM shop_rate')).map(({ body }) => body);
function inMemory(events: readonly ParsedEvent[]): readonly RateSnapshot[] {
  const state = new ReplayState();
  for (const each of events) state.fold(each as FinelineEvent);
  return evaluateState(bench.holder.base, state, AS_OF).rates;
}
const byShop = (rates: readonly RateSnapshot[]) =>
  new Map(rates.map((each) => [`${each.rateId} ${each.shopId}`, each]));

it('counts the record as it counts the events', async () => {
  bench = await TrackingBench.open(rulebookDocument(RULES, { rates: RATES }));
  await bench.apply(EVENTS, AS_OF);
  await new RateService(bench.dataSource, bench.holder).refresh(AS_OF);
  const rates = byShop(await stored());
  expect(rates).toEqual(byShop(inMemory(EVENTS)));
  const shares = [...rates].map(([name, { numerator, denominator }]) => `${name} ${numerator}/${denominator}`);
  expect(shares.sort()).toEqual([
    'cancelled a 1/8',
    'cancelled b 0/1',
    'late a 5/7',
    'late-parcels a 3/6',
    'late-scans a 1/3',
    'late-units a 15/21',
    'parcel-orders a 3/5',
    'scanned a 4/5',
  ]);
});

it('gives a report the band, the cap and the outlook it has in memory', async () => {
  bench = await TrackingBench.open(rulebookDocument(RULES, { rates: RATES }));
  const report = { shopId: 'a', platform: 'temu', market: 'US', metric: 'late', rate: '0.1234', base: 301 };
  const reported = [
    event('metric.reported', { ...report, measuredAt: AS_OF - 1 }),
    event('metric.reported', { ...report, metric: 'ended', measuredAt: AS_OF - 1 }),
  ];
  await bench.apply([...EVENTS, ...reported], AS_OF);
  await new RateService(bench.dataSource, bench.holder).refresh(AS_OF);
  const rows = (await stored()).filter(({ rateId }) => rateId === 'late' || rateId === 'ended');
  const { budget: _ours, ...expected } = byShop(inMemory([...EVENTS, ...reported])).get('late a')!;
  expect(expected).toMatchObject({
    origin: 'reported',
    band: 0,
    effects: [{ values: { percentOfBase: '50', cap: 150 } }],
  });
  expect(rateInUse(rows, AS_OF)).toEqual(expected);
  expect(rows.map(({ rateId }) => rateId)).toEqual(['late', 'late']);
});

it('fines what is due in a month by the rate of that month, however late it is judged', async () => {
  const gate = { rate: 'monthly', gte: '0.50' };
  const fined = { ...SHIP_RULE, id: 'FINED', versions: [version({ penalty: { amount: { fixed: '8.00' }, gate } })] };
  const monthly = rate('monthly', { ...countOf('SHIP', 'orders'), windows: [{ kind: 'month' }] });
  bench = await TrackingBench.open(rulebookDocument([SHIP_RULE, fined], { rates: [monthly] }));
  const service = new RateService(bench.dataSource, bench.holder);
  const recompute = new RecomputeService(bench.dataSource, bench.tracking, bench.holder);
  const orderOf = (id: string, day: string) =>
    placed(id, { shopId: 'a', clocks: { placedAt: at(`${day}T08:00:00Z`) } });
  const inTime = (id: string, day: string) => [
    labelled(id, `T-${id}`, at(`${day}T09:00:00Z`)),
    scanned(`T-${id}`, at(`${day}T12:00:00Z`)),
  ];
  const report = (measuredAt: string, value: string) =>
    event('metric.reported', {
      ...{ shopId: 'a', platform: 'temu', market: 'US', metric: 'monthly' },
      ...{ rate: value, measuredAt: at(measuredAt) },
    });
  const events: ParsedEvent[] = [];
  const expectFines = async (asOf: string, more: ParsedEvent[], fines: Record<string, number>): Promise<void> => {
    events.push(...more);
    await bench.apply(more, at(asOf));
    await service.refresh(at(asOf));
    await eventually(async () => {
      while ((await recompute.runChunk(at(asOf))).hasMore);
      return (await bench.query('SELECT 1 FROM recompute_task WHERE finished_at IS NULL')).length === 0;
    });
    const state = new ReplayState();
    for (const each of events) state.fold(each as FinelineEvent);
    const inFile = [...evaluateState(bench.holder.base, state, at(asOf)).orders].flatMap(({ shipment, deadlines }) =>
      deadlines
        .filter(({ ruleId, status }) => ruleId === 'FINED' && status === 'missed')
        .map(({ fine: { amountMinor, expectedMinor, gate: held } }) => ({
          order: shipment.order.orderId,
          owed: amountMinor,
          expected: expectedMinor,
          gated: held?.crossed === false,
        })),
    );
    const owed = inFile.map(({ order, owed: minor }) => [order, minor]);
    expect(Object.fromEntries(owed)).toEqual(fines);
    const stored = await bench.query<{ order: string; gated: boolean; expected: string }>(
      `SELECT order_id AS "order", gated, expected_minor AS expected FROM deadline WHERE rule_id = 'FINED' AND status = 'missed' ORDER BY 1`,
    );
    expect(stored.map(({ order, gated, expected }) => ({ order, gated, expected: Number(expected) }))).toEqual(
      inFile
        .map(({ order, gated, expected }) => ({ order, gated, expected }))
        .sort((a, b) => (a.order < b.order ? -1 : 1)),
    );
  };

  const february = [orderOf('f1', '2026-02-10'), orderOf('f2', '2026-02-10'), ...inTime('f2', '2026-02-10')];
  await expectFines('2026-02-20T00:00:00Z', february, { f1: 800 });
  const march = ['m1', 'm2', 'm3', 'm4'].map((id) => orderOf(id, '2026-03-10'));
  march.push(...['m2', 'm3', 'm4'].flatMap((id) => inTime(id, '2026-03-10')));
  // Judged again by a late scan: February stays at one of two.
  await expectFines('2026-03-20T00:00:00Z', [...march, scanned('T-f1', at('2026-03-19T00:00:00Z'))], {
    f1: 800,
    m1: 0,
  });
  // An order that comes late makes it one of three.
  const late = [orderOf('f3', '2026-02-11'), ...inTime('f3', '2026-02-11')];
  await expectFines('2026-03-20T01:00:00Z', late, { f1: 0, m1: 0 });
  // What the platform said of the end of February, told after what it said of March.
  await expectFines('2026-03-21T00:00:00Z', [report('2026-03-20T12:00:00Z', '0.10')], { f1: 0, m1: 0 });
  await expectFines('2026-03-21T01:00:00Z', [report('2026-02-27T12:00:00Z', '0.60')], { f1: 800, m1: 0 });
  await expectFines('2026-04-05T00:00:00Z', [], { f1: 800, m1: 0 });
});

it('believes the same of two reports of one instant as a file does', async () => {
  bench = await TrackingBench.open(rulebookDocument(RULES, { rates: RATES }));
  const report = { shopId: 'a', platform: 'temu', market: 'US', metric: 'late', measuredAt: AS_OF - 1 };
  const reports = [
    event('metric.reported', { ...report, rate: '0.20' }),
    event('metric.reported', { ...report, rate: '0.05', base: 301 }),
  ];
  for (const each of reports) await bench.apply([each], AS_OF);
  expect(inMemory(reports)).toMatchObject([{ rate: '0.20' }]);
  expect(await stored()).toMatchObject([{ rate: '0.20' }]);
});
