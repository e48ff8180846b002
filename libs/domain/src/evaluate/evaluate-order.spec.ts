import { describe, expect, test } from '@jest/globals';
import type { Deadline } from '../deadline.js';
import type { RuleVersion } from '../rule.js';
import {
  at,
  compiled,
  context,
  labelled,
  monToFri,
  orderEvent,
  placed,
  rule,
  rulebookDocument,
  scan,
  shipment,
  version,
} from '../fixture.js';
import { evaluateOrder } from './evaluate-order.js';

const AS_OF = at('2026-03-20T00:00:00Z');
type Events = Parameters<typeof shipment>[0];

function evaluate(spec: Partial<RuleVersion>, events: Events, asOf = AS_OF): readonly Deadline[] {
  return evaluateOrder(shipment(events), compiled(rulebookDocument([rule('R', version(spec))])), context(asOf));
}
function one(spec: Partial<RuleVersion>, events: Events, asOf = AS_OF): Deadline {
  const [deadline] = evaluate(spec, events, asOf);
  if (!deadline) throw new Error('no deadline');
  return deadline;
}

const TEMU_4: Partial<RuleVersion> = {
  per: 'parcel',
  clock: { start: 'labelled', count: { unit: 'hours', amount: 48 } },
  penalty: { amount: { max: [{ fixed: '10.00' }, { percent: '50', of: 'disbursement-price' }] }, cap: '200.00' },
};

describe('the 48 hours after an upload (TEMU-US-4)', () => {
  const upload = labelled('PKG00001', at('2025-06-02T14:00:00Z'));
  const events = [placed({ clocks: { placedAt: at('2025-06-01T10:00:00Z') } }), upload];

  test('a pickup in the last second is on time', () => {
    const deadline = one(TEMU_4, [...events, scan('PKG00001', 'accepted', at('2025-06-04T14:00:00.999Z'))]);
    expect(deadline).toMatchObject({ status: 'met', dueAt: at('2025-06-04T14:00:00Z'), parcelId: 'PKG00001' });
    expect(deadline.fine).toMatchObject({ amountMinor: 0, chance: 0 });
  });

  test('a second later costs half the price', () => {
    const deadline = one(TEMU_4, [...events, scan('PKG00001', 'accepted', at('2025-06-04T14:00:01Z'))]);
    expect(deadline.status).toBe('missed');
    expect(deadline.fine).toMatchObject({ amountMinor: 1875, currency: 'USD', chance: 1, expectedMinor: 1875 });
    expect(deadline.fine.formula).toBe('max(10.00 USD, 50% x 37.50 USD) = 18.75 USD, cap 200.00 USD');
  });

  test('without an upload there is no deadline yet', () => {
    expect(evaluate(TEMU_4, [placed()])).toEqual([]);
  });

  test('is judged anew at each step of its ladder and when it turns late, as the chance of missing grows', () => {
    const instants = ['2025-06-02T14:00:00Z', '2025-06-03T14:00:00Z', '2025-06-04T02:00:00Z', '2025-06-04T10:00:00Z'];
    const judged = instants.map((instant) => one(TEMU_4, events, at(instant)));
    const late = '2025-06-04T14:00:01Z';
    expect(judged.map(({ nextChangeAt }) => nextChangeAt)).toEqual([...instants.slice(1), late].map(at));
    const chances = judged.map(({ fine }) => fine.chance);
    expect(chances).toEqual([...chances].sort((a, b) => a - b));
    expect(chances.at(-1)).toBeGreaterThan(10 * (chances[0] as number));
  });

  test('label information is no pickup', () => {
    const deadline = one(TEMU_4, [...events, scan('PKG00001', 'label-created', at('2025-06-03T00:00:00Z'))]);
    expect(deadline.status).toBe('missed');
  });
});

describe('business days in a zone', () => {
  const dispatch: Partial<RuleVersion> = {
    clock: {
      start: 'placed',
      count: { unit: 'business-days', amount: 2, endOfDay: '23:59:59' },
      zone: { fixed: 'America/Los_Angeles' },
    },
  };

  test('a Friday evening order is due on Tuesday night, not 48 hours later', () => {
    const order = placed({ clocks: { placedAt: at('2026-01-30T20:47:00-08:00') } });
    expect(one(dispatch, [order]).dueAt).toBe(at('2026-02-03T23:59:59-08:00'));
  });

  test('a holiday is skipped and named', () => {
    const calendar = monToFri({ '2026-02-02': 'Test Day' });
    const book = compiled(rulebookDocument([rule('R', version(dispatch))]), [], calendar);
    const order = placed({ clocks: { placedAt: at('2026-01-30T20:47:00-08:00') } });
    const [deadline] = evaluateOrder(shipment([order]), book, context(AS_OF));
    expect(deadline?.dueAt).toBe(at('2026-02-04T23:59:59-08:00'));
    expect(deadline?.explanation).toContainEqual({
      code: 'days-skipped',
      values: { from: '2026-02-02', to: '2026-02-02', why: 'holiday', name: 'Test Day' },
    });
  });
});

test("the platform's own deadline governs and the difference is kept", () => {
  const shipBy = at('2026-03-04T14:00:00Z');
  const deadline = one(
    { clock: { start: 'placed', count: { unit: 'hours', amount: 48 }, platformDeadline: 'shipBy' } },
    [placed({ platformDeadlines: { shipBy } })],
  );
  expect(deadline).toMatchObject({
    dueAt: shipBy,
    governedBy: 'platform',
    computedDueAt: at('2026-03-04T15:00:00Z'),
    differenceMs: -3_600_000,
  });
});

test('an order cancelled in time owes nothing, one cancelled late does', () => {
  const cancel = (when: string): Events => [
    placed(),
    orderEvent('order.cancelled', { cancelledAt: at(when), by: 'buyer' }),
  ];
  expect(one({}, cancel('2026-03-04T15:00:00Z')).status).toBe('void');
  expect(one({}, cancel('2026-03-04T15:00:01Z')).status).toBe('missed');
});

test('a split order is met only when every parcel is', () => {
  const split = orderEvent('order.split', { parcels: 2, decidedAt: at('2026-03-02T16:00:00Z') });
  const events = [placed(), split, labelled('PKG00001', 1), scan('PKG00001', 'accepted', at('2026-03-03T00:00:00Z'))];
  expect(one({}, events).status).toBe('missed');
  const both = [...events, labelled('PKG00002', 1), scan('PKG00002', 'in-transit', at('2026-03-04T15:00:00Z'))];
  expect(one({}, both)).toMatchObject({ status: 'met', satisfiedAt: at('2026-03-04T15:00:00Z') });
});
