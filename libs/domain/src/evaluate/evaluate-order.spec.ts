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
    expect(deadline.fine.formula).toBe('{max}(10.00 USD, 50% x 37.50 USD) = 18.75 USD, {cap} 200.00 USD');
  });

  test('without an upload there is no deadline yet', () => {
    expect(evaluate(TEMU_4, [placed()])).toEqual([]);
  });

  test('is judged anew from the first step of its ladder on, whenever its chance of missing grows', () => {
    const judged = [one(TEMU_4, events, at('2025-06-02T14:00:00Z'))];
    while (judged.at(-1)!.status === 'open') judged.push(one(TEMU_4, events, judged.at(-1)!.nextChangeAt));
    const twentieths = ['16:24', '18:48', '21:12', '23:36'].map((time) => `2025-06-03T${time}:00Z`);
    const steps = ['02:00', '04:24', '06:48', '09:12', '10:00', '11:36', '14:00'].map(
      (time) => `2025-06-04T${time}:00Z`,
    );
    const instants = ['2025-06-03T14:00:00Z', ...twentieths, ...steps, '2025-06-04T14:00:01Z'];
    expect(judged.slice(0, -1).map(({ nextChangeAt }) => nextChangeAt)).toEqual(instants.map(at));
    const chances = judged.map(({ fine }) => fine.chance as number);
    const [before, atFourHours] = chances.slice(9);
    expect(atFourHours).toBe(before);
    expect(new Set(chances).size).toBe(chances.length - 1);
    expect(chances).toEqual([...chances].sort((a, b) => a - b));
    expect(chances.at(-1)).toBe(1);
  });

  test('is judged anew when it turns late, and not before, where no money is at stake', () => {
    const deadline = one({ ...TEMU_4, penalty: undefined }, events, at('2025-06-03T15:00:00Z'));
    expect(deadline.nextChangeAt).toBe(at('2025-06-04T14:00:01Z'));
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
