import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Deadline } from '../deadline.js';
import type { RateSnapshot } from '../evaluate-types.js';
import { exposure } from '../exposure.js';
import {
  at,
  compiled,
  context,
  facts,
  orderEvent,
  placed,
  rule,
  rulebookDocument,
  scan,
  shipment,
  labelled,
  version,
} from '../fixture.js';
import type { OrderEvent, OrderFacts } from '../events.js';
import type { Penalty, RateDefinition, RuleVersion } from '../rule.js';
import { evaluateOrder } from './evaluate-order.js';

const DUE = at('2026-03-04T15:00:00Z');
const DAY = 86_400_000;

function deadlines(
  penalties: readonly Penalty[],
  order: Partial<OrderFacts> = {},
  asOf = DUE + 1000,
): readonly Deadline[] {
  const rules = penalties.map((penalty, i) => rule(`R${i}`, version({ penalty })));
  return evaluateOrder(shipment([placed(order)]), compiled(rulebookDocument(rules)), context(asOf));
}
function fineOf(penalty: Penalty, order: Partial<OrderFacts> = {}, asOf?: number): Deadline['fine'] {
  return deadlines([penalty], order, asOf)[0]!.fine;
}
const lines = (unitPriceMinor: number, quantity = 1): Partial<OrderFacts> => ({
  lines: [{ lineId: '1', quantity, unitPriceMinor }],
});

describe('amounts', () => {
  test.each<[string, Penalty, number]>([
    ['fixed', { amount: { fixed: '5.00' } }, 500],
    ['fixed with a fraction of a cent', { amount: { fixed: '0.255' } }, 26],
    ['percent', { amount: { percent: '20', of: 'order-value' } }, 750],
    ['multiple', { amount: { multiple: '5', of: 'order-value' } }, 18_750],
    ['sum', { amount: { sum: [{ multiple: '1', of: 'order-value' }, { fixed: '100.00' }] } }, 13_750],
    ['min', { amount: { min: [{ fixed: '9.00' }, { percent: '50', of: 'order-value' }] } }, 900],
    ['floor', { amount: { percent: '1', of: 'order-value' }, floor: '1.00' }, 100],
    ['cap', { amount: { multiple: '2', of: 'order-value' }, cap: '60.00' }, 6000],
    ['half up', { amount: { percent: '0.3333', of: 'order-value' } }, 12],
    ['rounded up', { amount: { percent: '0.3333', of: 'order-value' }, rounding: 'up' }, 13],
    ['rounded down', { amount: { percent: '1.1', of: 'order-value' }, rounding: 'down' }, 41],
    ['half to even', { amount: { percent: '10', of: 'order-value' }, rounding: 'half-even' }, 376],
  ])('%s', (name, penalty, amountMinor) => {
    const order = name === 'half to even' ? lines(3755) : {};
    expect(fineOf(penalty, order)).toMatchObject({ amountMinor, currency: 'USD' });
  });

  test('the formula shows the limit that bit', () => {
    const penalty: Penalty = { amount: { multiple: '2', of: 'order-value' }, cap: '60.00' };
    expect(fineOf(penalty).formula).toBe('2 x 37.50 USD = 75.00 USD, {cap} 60.00 USD = 60.00 USD');
  });

  test('a share of the order follows its currency, an amount stays in its own', () => {
    const yen = { currency: 'JPY', ...lines(3750) };
    expect(fineOf({ amount: { percent: '10', of: 'order-value' } }, yen)).toMatchObject({
      amountMinor: 375,
      currency: 'JPY',
    });
    expect(fineOf({ currency: 'order', amount: { fixed: '5' } }, yen)).toMatchObject({
      amountMinor: 5,
      currency: 'JPY',
    });
    const mixed = fineOf({ amount: { max: [{ fixed: '10.00' }, { percent: '50', of: 'order-value' }] } }, yen);
    expect(mixed).toMatchObject({ amountMinor: 1000, currency: 'USD', confidence: 'uncertain' });
  });

  test('of two currencies the one worth more is charged', () => {
    const penalty = (referenceRate: string): Penalty => ({
      amount: { fixed: '5.00' },
      alternative: { amount: { fixed: '40.00' }, currency: 'CNY', choose: 'highest', referenceRate },
    });
    expect(fineOf(penalty('7.10'))).toMatchObject({ amountMinor: 4000, currency: 'CNY' });
    expect(fineOf(penalty('8.00'))).toMatchObject({ amountMinor: 500, currency: 'USD' });
  });

  test('an absurd order still has a safe amount', () => {
    const order = lines(1_000_000_000_000, 1_000_000);
    expect(Number.isSafeInteger(fineOf({ amount: { multiple: '10', of: 'order-value' } }, order).amountMinor)).toBe(
      true,
    );
  });
});

describe('amounts that grow with lateness', () => {
  const daily: Penalty = {
    amount: { percent: '5', of: 'order-value' },
    accrual: { everyDays: 1 },
    floor: '5.00',
    cap: '50.00',
  };

  test('a started day counts whole', () => {
    const order = lines(20_000);
    expect(fineOf(daily, order, DUE + 1000).amountMinor).toBe(1000);
    expect(fineOf(daily, order, DUE + DAY).amountMinor).toBe(1000);
    expect(fineOf(daily, order, DUE + DAY + 1000).amountMinor).toBe(2000);
    expect(fineOf(daily, order, DUE + 30 * DAY).amountMinor).toBe(5000);
  });

  test('the next milestones are told until the cap', () => {
    const { milestones } = fineOf(daily, lines(20_000), DUE - DAY);
    expect(milestones.map((one) => one.amountMinor)).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(milestones[0]!.at).toBe(DUE + 1000);
    expect(milestones[1]!.at).toBe(DUE + DAY + 1000);
  });

  test('a share of the base caps the total', () => {
    const clause: Penalty = {
      amount: { percent: '10.5', of: 'order-value' },
      accrual: { everyDays: 2, capPercent: '55', capOf: 'order-value' },
    };
    expect(fineOf(clause, lines(10_000), DUE + 2 * DAY + 1000).amountMinor).toBe(2100);
    expect(fineOf(clause, lines(10_000), DUE + 40 * DAY).amountMinor).toBe(5500);
  });

  test('a tier begins one second after its hours', () => {
    const tiers: Penalty = {
      tiers: [
        { afterHours: 0, amount: { multiple: '1', of: 'order-value' } },
        { afterHours: 24, amount: { multiple: '5', of: 'order-value' } },
      ],
    };
    expect(fineOf(tiers, {}, DUE + DAY).amountMinor).toBe(3750);
    expect(fineOf(tiers, {}, DUE + DAY + 1000).amountMinor).toBe(18_750);
  });

  test('money never falls with lateness or price, and keeps within floor and cap', () => {
    const late = fc.integer({ min: 1, max: 100 * 86_400 });
    fc.assert(
      fc.property(late, late, fc.nat(100_000), fc.nat(100_000), (a, b, price, more) => {
        const first = fineOf(daily, lines(price), DUE + Math.min(a, b) * 1000).amountMinor;
        const later = fineOf(daily, lines(price), DUE + Math.max(a, b) * 1000).amountMinor;
        const dearer = fineOf(daily, lines(price + more), DUE + Math.min(a, b) * 1000).amountMinor;
        expect(later).toBeGreaterThanOrEqual(first);
        expect(dearer).toBeGreaterThanOrEqual(first);
        expect(first >= 500 && later <= 5000 && dearer <= 5000).toBe(true);
      }),
    );
  });
});

describe('penalties that know of each other', () => {
  const group = (fixed: string): Penalty => ({ amount: { fixed }, capGroup: { name: 'order', cap: '12.00' } });

  test('a group is capped together, in rule order', () => {
    const amounts = deadlines([group('7.00'), group('7.00'), group('7.00')]).map((one) => one.fine.amountMinor);
    expect(amounts).toEqual([700, 500, 0]);
  });

  test('only the highest of a group is charged', () => {
    const highest = (fixed: string): Penalty => ({ amount: { fixed }, highestOf: 'order' });
    const charged = deadlines([highest('5.00'), highest('9.00'), { amount: { fixed: '2.00' } }]);
    expect(charged.map((one) => one.fine.amountMinor)).toEqual([0, 900, 200]);
    expect(charged[0]!.explanation.at(-1)).toMatchObject({ code: 'highest-of' });
  });

  test('of parcels that cost the same the one most likely to be fined is charged, whatever its number', () => {
    const perParcel = version({
      per: 'parcel',
      clock: { start: 'labelled', count: { unit: 'hours', amount: 48 } },
      penalty: { amount: { fixed: '5.00' }, highestOf: 'order' },
    });
    const charged = (early: string, late: string): readonly (readonly [string | undefined, number])[] => {
      const order = shipment([placed(), labelled(early, DUE - 2 * DAY), labelled(late, DUE - DAY)]);
      const all = evaluateOrder(order, compiled(rulebookDocument([rule('R', perParcel)])), context(DUE - 1000));
      return all.map(({ parcelId, fine }) => [parcelId, fine.amountMinor] as const);
    };
    expect(charged('PKG00001', 'PKG00002')).toEqual([
      ['PKG00001', 500],
      ['PKG00002', 0],
    ]);
    expect(charged('PKG00002', 'PKG00001')).toEqual([
      ['PKG00001', 0],
      ['PKG00002', 500],
    ]);
  });

  test('totals add up and never exceed the cap', () => {
    const fixed = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(fc.array(fixed, { minLength: 1, maxLength: 6 }), fc.boolean(), (amounts, isMissed) => {
        const rules = amounts.map((amount) => group((amount / 100).toFixed(2)));
        const charged = deadlines(rules, {}, isMissed ? DUE + 1000 : DUE);
        const sum = charged.reduce((total, one) => total + one.fine.amountMinor, 0);
        expect(sum).toBe(
          Math.min(
            1200,
            amounts.reduce((a, b) => a + b, 0),
          ),
        );
        const [total] = exposure(charged);
        expect((total?.missedMinor ?? 0) + (total?.projectedMinor ?? 0)).toBe(sum);
      }),
    );
  });
});

describe('money gated by a rate', () => {
  const definition: RateDefinition = {
    id: 'ldr',
    metric: 'late-dispatch-rate',
    title: { en: 'LDR', zh: '延迟履约率' },
    counts: { rule: 'R', numerator: 'missed', unit: 'orders' },
    windows: [{ kind: 'rolling-days', days: 7 }],
    zone: 'market',
    bands: [],
    sources: ['S'],
    confidence: 'quoted-official',
  };
  const rated = (
    spec: Partial<RuleVersion>,
    rate: Partial<RateSnapshot> | undefined,
    asOf = DUE + 1000,
  ): Deadline['fine'] => {
    const book = compiled(rulebookDocument([rule('R', version(spec))], { rates: [definition] }));
    const snapshot = rate && {
      rateId: 'ldr',
      shopId: 'seller-1',
      numerator: 0,
      denominator: 0,
      rate: '0',
      origin: 'reported' as const,
      measuredAt: 0,
      effects: [],
      ...rate,
    };
    return evaluateOrder(shipment([placed()]), book, context(asOf, { rateOf: () => snapshot }))[0]!.fine;
  };
  const gated: Partial<RuleVersion> = { penalty: { amount: { fixed: '5.00' }, gate: { rate: 'ldr', gt: '0.10' } } };

  test('exactly the threshold is not above it, computed or reported', () => {
    expect(rated(gated, { rate: '0.10' })).toMatchObject({ amountMinor: 0, gate: { crossed: false } });
    expect(rated(gated, { rate: '0.1001' })).toMatchObject({ amountMinor: 500, gate: { crossed: true } });
    expect(rated(gated, { origin: 'computed', numerator: 3, denominator: 30 })).toMatchObject({ amountMinor: 0 });
    expect(rated(gated, { origin: 'computed', numerator: 31, denominator: 300 })).toMatchObject({ amountMinor: 500 });
  });

  test('an open deadline shows the amount, and expects it by the chance of the gate', () => {
    const far = rated(gated, { rate: '0.05' }, DUE);
    expect(far).toMatchObject({ amountMinor: 500, gate: { crossed: false, threshold: '0.10', comparison: '>' } });
    const crossed = rated(gated, { rate: '0.5' }, DUE);
    expect(far.expectedMinor).toBeGreaterThan(0);
    expect(far.expectedMinor).toBeLessThan(crossed.expectedMinor);
  });

  test('an amount by band, with nothing in the gap', () => {
    const byRate: Partial<RuleVersion> = {
      penalty: {
        byRate: {
          rate: 'ldr',
          bands: [
            { gte: '0.01', lte: '0.0299', amount: { percent: '5', of: 'order-value' } },
            { gt: '0.03', amount: { percent: '10', of: 'order-value' } },
          ],
        },
      },
    };
    expect(rated(byRate, { rate: '0.0299' }).amountMinor).toBe(188);
    expect(rated(byRate, { rate: '0.03' }).amountMinor).toBe(0);
    expect(rated(byRate, { rate: '0.0301' }).amountMinor).toBe(375);
  });
});

test('a rule that is only announced costs nothing yet and says what it would', () => {
  const spec = version({ stage: 'announced', penalty: { amount: { fixed: '5.00' } } });
  const [deadline] = evaluateOrder(
    shipment([placed()]),
    compiled(rulebookDocument([rule('R', spec)])),
    context(DUE + 1000),
  );
  expect(deadline!.fine.amountMinor).toBe(0);
  expect(deadline!.explanation.find((line) => line.code === 'stage-without-money')?.values['amountMinor']).toBe(500);
});

describe('the cost of late goods', () => {
  const order = placed({
    lines: [
      { lineId: 'a', quantity: 2, unitPriceMinor: 0, costOfGoodsMinor: 1000 },
      { lineId: 'b', quantity: 1, unitPriceMinor: 0, costOfGoodsMinor: 700 },
    ],
  });
  const fines = (events: readonly OrderEvent[], spec: Partial<RuleVersion> = {}): readonly (readonly unknown[])[] => {
    const late = version({ penalty: { amount: { percent: '3', of: 'late-cost-of-goods' } }, ...spec });
    const all = evaluateOrder(
      shipment([order, ...events, scan('PKG00002', 'accepted', DUE)]),
      compiled(rulebookDocument([rule('R', late)])),
      context(DUE + 1000),
    );
    return all.map(({ status, fine }) => [status, fine.amountMinor]);
  };
  const first = (lineIds?: string[]) => labelled('PKG00001', 1, { lineIds });
  const onTime = (lineIds?: string[]) => labelled('PKG00002', 1, { lineIds });

  test('counts the late parcels only', () => {
    expect(fines([first(['a']), onTime(['b'])])).toEqual([['missed', 60]]);
    expect(fines([first(['a']), onTime()])).toEqual([['missed', 60]]);
    expect(fines([first(), onTime(['b'])])).toEqual([['missed', 81]]);
  });

  test('counts what no parcel carries yet', () => {
    const split = orderEvent('order.split', { parcels: 2, decidedAt: 1 });
    expect(fines([split, onTime(['b'])])).toEqual([['missed', 60]]);
    expect(fines([split, onTime()])).toEqual([['missed', 81]]);
    expect(fines([split, onTime(['a', 'b'])])).toEqual([['missed', 81]]);
  });

  test('is that of its own goods for each parcel judged by itself', () => {
    const labels = [first(['a']), labelled('PKG00003', 1, { lineIds: ['b'] })];
    expect(fines(labels, { per: 'parcel' })).toEqual([
      ['missed', 60],
      ['missed', 21],
    ]);
  });
});

test('incidents multiply what is charged per incident, unit or case', () => {
  const spec: Partial<RuleVersion> = {
    clock: undefined,
    satisfiedBy: undefined,
    violation: { kinds: ['barcode'] },
    penalty: {
      amount: {
        sum: [
          { fixed: '200.00', per: 'incident' },
          { fixed: '1.00', per: 'case' },
        ],
      },
    },
  };
  const report = orderEvent('violation.reported', { kind: 'barcode', occurredAt: 5, count: 2, cases: 30 });
  const [deadline] = evaluateOrder(
    shipment([placed(), report]),
    compiled(rulebookDocument([rule('R', version(spec))])),
    context(DUE),
  );
  expect(deadline).toMatchObject({ status: 'missed', dueAt: 5, fine: { amountMinor: 43_000, chance: 1 } });
});

test('the chance starts at the history, grows while time passes and is 1 once missed', () => {
  const start = facts().clocks.placedAt;
  const chances = [0, 0.5, 0.9, 1].map(
    (share) => fineOf({ amount: { fixed: '5.00' } }, {}, start + share * (DUE - start)).chance,
  );
  expect(chances[0]).toBe(0.08);
  expect(chances).toEqual([...chances].sort((a, b) => a - b));
  expect(chances[3]).toBeLessThan(1);
  expect(fineOf({ amount: { fixed: '5.00' } }).chance).toBe(1);
});
