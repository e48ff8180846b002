import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Deadline } from '../deadline.js';
import type { EvaluationContext } from '../evaluate-types.js';
import type { Place, WaiverAnnounced } from '../events.js';
import { renderExplanation } from '../explain/render.js';
import {
  at,
  compiled,
  context,
  labelled,
  orderEvent,
  placed,
  rule,
  rulebookDocument,
  scan,
  shipment,
  version,
} from '../fixture.js';
import type { RulebookDocument, RuleOverlay, RuleVersion } from '../rule.js';
import { evaluateOrder, groupMemberships } from './evaluate-order.js';

type Events = Parameters<typeof shipment>[0];
const DUE = at('2026-03-04T15:00:00Z');
const HOUR = 3_600_000;
const FINE = { amount: { fixed: '5.00' } };

function evaluate(
  specs: readonly Partial<RuleVersion>[],
  events: Events,
  asOf = DUE + 1000,
  more: Partial<EvaluationContext> = {},
  document: Partial<RulebookDocument> = {},
): readonly Deadline[] {
  const rules = specs.map((spec, i) => rule(`R${i}`, version(spec)));
  return evaluateOrder(shipment(events), compiled(rulebookDocument(rules, document)), context(asOf, more));
}
const statusOf = (...args: Parameters<typeof evaluate>): string | undefined => evaluate(...args)[0]?.status;

describe('evidence', () => {
  const handed = labelled('PKG00001', 1);

  test('an uncertain time counts as late only when the whole interval is', () => {
    const uncertain = (from: number, latest: number) => [
      placed(),
      handed,
      scan('PKG00001', 'accepted', from, { occurredAtLatest: latest }),
    ];
    expect(statusOf([{}], uncertain(DUE - HOUR, DUE + HOUR))).toBe('met');
    expect(statusOf([{}], uncertain(DUE + 1000, DUE + HOUR))).toBe('missed');
  });

  test('a claim satisfies only a rule that accepts claims, and the explanation says why', () => {
    const claim = [placed(), handed, scan('PKG00001', 'handed-over-unconfirmed', DUE - HOUR, { strength: 'claimed' })];
    expect(statusOf([{ satisfiedBy: { event: 'accepted', strength: 'claimed' } }], claim)).toBe('met');
    const [strict] = evaluate([{}], claim);
    expect(strict!.status).toBe('missed');
    expect(strict!.explanation.map((line) => line.code)).toContain('evidence-too-weak');
  });

  test('a number that the carrier gives out again proves nothing by its old scans, and the explanation says so', () => {
    const lastUse = [
      scan('PKG00001', 'accepted', at('2025-10-01T15:00:00Z')),
      scan('PKG00001', 'delivered', at('2026-01-31T14:59:59Z')),
    ];
    const [deadline] = evaluate([{}], [placed(), handed, ...lastUse]);
    expect(deadline!.status).toBe('missed');
    const line = deadline!.explanation.find(({ code }) => code === 'earlier-use');
    expect(renderExplanation(line!, 'en')).toBe(
      'Left out: 2 scans of PKG00001 from more than 30 days before the order, of an earlier use of the number.',
    );
    expect(statusOf([{}], [placed(), handed, ...lastUse, scan('PKG00001', 'accepted', DUE)])).toBe('met');
    expect(statusOf([{}], [placed(), handed, scan('PKG00001', 'accepted', at('2026-01-31T15:00:00Z'))])).toBe('met');
  });

  test('an upload of a time long before the order is a slip, not an upload', () => {
    const spec: Partial<RuleVersion> = { satisfiedBy: { event: 'labelled' } };
    const slip = labelled('PKG00001', at('2025-03-03T15:00:00Z'));
    const [deadline] = evaluate([spec], [placed(), slip]);
    expect(deadline!.status).toBe('missed');
    expect(deadline!.explanation.find(({ code }) => code === 'evidence-rejected')?.values['test']).toBe(
      'upload-long-before-order',
    );
    expect(statusOf([spec], [placed(), slip, labelled('PKG00001', DUE)])).toBe('met');
  });

  test('late alternatives count where one has a limit of its own', () => {
    const deliverBy = at('2026-03-10T00:00:00Z');
    const spec: Partial<RuleVersion> = {
      satisfiedBy: {
        anyOf: [{ event: 'accepted' }, { event: 'delivered', by: { start: 'placed', platformDeadline: 'deliverBy' } }],
      },
    };
    const order = placed({ platformDeadlines: { deliverBy } });
    const late = scan('PKG00001', 'accepted', DUE + HOUR);
    expect(statusOf([spec], [order, handed, late], DUE + 2 * HOUR)).toBe('open');
    expect(statusOf([spec], [order, handed, late, scan('PKG00001', 'delivered', deliverBy)], deliverBy)).toBe('met');
    expect(statusOf([spec], [order, handed, late], deliverBy + 1000)).toBe('missed');
    expect(statusOf([spec], [placed(), handed, late], DUE + 2 * HOUR)).toBe('missed');
  });

  test('an alternative whose limit nobody knows leaves the deadline of the rule', () => {
    const by = { start: 'placed', platformDeadline: 'deliverBy' } as const;
    const spec: Partial<RuleVersion> = { satisfiedBy: { anyOf: [{ event: 'delivered', by }] } };
    expect(statusOf([spec], [placed()], DUE)).toBe('open');
    expect(evaluate([spec], [placed()])[0]).toMatchObject({ status: 'missed', settledAt: DUE });
  });

  test('delivery before the window opens is a miss', () => {
    const windowStart = at('2026-03-03T15:00:00Z');
    const spec: Partial<RuleVersion> = { satisfiedBy: { event: 'delivered', notBefore: { start: 'window-start' } } };
    const order = placed({ platformDeadlines: { windowStart } });
    expect(statusOf([spec], [order, handed, scan('PKG00001', 'delivered', windowStart - 1000)])).toBe('missed');
    expect(statusOf([spec], [order, handed, scan('PKG00001', 'delivered', windowStart)])).toBe('met');
  });

  test.each([
    ['number-not-reused', { otherUses: () => [{ orderId: 'other', uploadedAt: 0, shipTo: undefined }] }, {}],
    ['destination-postal-code', {}, { destinationPostalCode: '10001' }],
    ['label-source', {}, { labelSource: 'seller' }],
    ['carrier', {}, { carrier: 'unknown-carrier' }],
    ['number-format', {}, {}],
    ['scan-not-before-order', {}, {}],
  ] as const)('a parcel that fails %s proves nothing', (name, more, link) => {
    const tests = {
      'number-not-reused': { test: 'number-not-reused', days: 30 },
      'destination-postal-code': { test: 'destination-postal-code' },
      'label-source': { test: 'label-source', is: 'platform' },
      carrier: { test: 'carrier', in: ['ups'] },
      'number-format': { test: 'number-format', pattern: '[A-Z]{2}[0-9]+' },
      'scan-not-before-order': { test: 'scan-not-before-order', hours: 24 },
    } as const;
    const early = scan('PKG00001', 'accepted', at('2026-02-01T00:00:00Z'));
    const scans = name === 'scan-not-before-order' ? [early] : [scan('PKG00001', 'accepted', DUE)];
    const events = [placed({ shipTo: { postalCode: '90210-1234' } }), labelled('PKG00001', 1, link), ...scans];
    const [deadline] = evaluate(
      [{ satisfiedBy: { event: 'accepted', valid: [tests[name]] } }],
      events,
      DUE + 1000,
      more,
    );
    expect(deadline!.status).toBe('missed');
    expect(deadline!.explanation.find((line) => line.code === 'evidence-rejected')?.values['test']).toBe(name);
  });
});

describe('a number that another order had before', () => {
  const spec = (elsewhere?: boolean): Partial<RuleVersion> => ({
    satisfiedBy: { event: 'accepted', valid: [{ test: 'number-not-reused', days: 30, elsewhere }] },
  });
  const status = (mine: Place | undefined, other: Place | undefined, elsewhere?: boolean): string | undefined =>
    statusOf(
      [spec(elsewhere)],
      [placed({ shipTo: mine }), labelled('PKG00001', 1), scan('PKG00001', 'accepted', DUE)],
      DUE + 1000,
      { otherUses: () => [{ orderId: 'other', uploadedAt: 0, shipTo: other }] },
    );
  const home = { country: 'US', postalCode: '90210-1234' };

  test('may be used again for the same destination where only other delivery data is a reuse', () => {
    expect(status(home, { country: 'US', postalCode: '90210' }, true)).toBe('met');
    expect(status(home, { postalCode: '90210' }, true)).toBe('met');
    expect(status(home, { country: 'US', postalCode: '90211' }, true)).toBe('missed');
    expect(status(home, { country: 'MX', postalCode: '90210' }, true)).toBe('missed');
  });

  test('counts as reused while a destination is unknown, and for any order where the rule does not ask', () => {
    expect(status(home, undefined, true)).toBe('missed');
    expect(status({ country: 'US' }, { country: 'US' }, true)).toBe('missed');
    expect(status(home, home)).toBe('missed');
  });
});

describe('clocks', () => {
  test('a chained deadline follows the other rule, in the zone of that rule', () => {
    const ship: Partial<RuleVersion> = {
      clock: { start: 'placed', count: { unit: 'calendar-days', amount: 1 }, zone: { fixed: 'America/Los_Angeles' } },
    };
    const deliver: Partial<RuleVersion> = {
      clock: {
        start: { deadline: ['MISSING-HERE', 'R0'] },
        count: { unit: 'calendar-days', amount: 2 },
        zone: { fixed: 'America/New_York' },
      },
      satisfiedBy: { event: 'delivered' },
    };
    const rules = [
      rule('R0', version(ship)),
      rule('R1', version(deliver)),
      rule('MISSING-HERE', version({ when: { field: 'program', is: 'x' } })),
    ];
    const chained = evaluateOrder(shipment([placed()]), compiled(rulebookDocument(rules)), context(0));
    // 23:59:59 in Los Angeles is the next day in New York; the date that counts is the ship date.
    expect(chained[1]!.dueAt).toBe(at('2026-03-05T23:59:59-05:00'));
  });

  test('a rule due with the one it waits for leaves the same time to act: its steps and its chance are those of that one', () => {
    const money = (hours: number): Partial<RuleVersion> => ({
      clock: { start: { deadline: 'R0' }, count: { unit: 'hours', amount: hours } },
      penalty: FINE,
    });
    const rules = [rule('R0'), rule('R1', version(money(0))), rule('R2', version(money(1)))];
    const book = compiled(rulebookDocument(rules));
    const [first, same, later] = evaluateOrder(shipment([placed()]), book, context(DUE - HOUR));
    expect(same).toMatchObject({ startsAt: first!.startsAt, dueAt: DUE, ladder: first!.ladder });
    expect(same!.ladder.map(({ step }) => step)).toEqual(['t-24h', 't-12h', 't-4h', 'breach']);
    expect(same!.fine.chance).toBe(first!.fine.chance);
    expect(later).toMatchObject({ startsAt: DUE, dueAt: DUE + HOUR, ladder: [{ step: 'breach' }] });
  });

  test.each([
    ['13:59:59', 'before', '2026-03-02'],
    ['14:00:00', 'before', '2026-03-02'],
    ['14:00:00', 'after', '2026-03-03'],
    ['14:00:01', 'before', '2026-03-03'],
  ] as const)('an order at %s, exactly at counting as %s, is due on %s', (time, side, day) => {
    const spec: Partial<RuleVersion> = {
      clock: { start: 'placed', count: { unit: 'business-days', amount: 0, cutoff: { time: '14:00', at: side } } },
    };
    const [deadline] = evaluate([spec], [placed({ clocks: { placedAt: at(`2026-03-02T${time}-08:00`) } })], 0);
    expect(deadline!.dueAt).toBe(at(`${day}T23:59:59-08:00`));
  });

  test('the start day can count as the first day', () => {
    const spec: Partial<RuleVersion> = {
      clock: { start: 'placed', count: { unit: 'business-days', amount: 2, dayZero: 'included' } },
    };
    expect(evaluate([spec], [placed()], 0)[0]!.dueAt).toBe(at('2026-03-03T23:59:59-08:00'));
  });

  test('days off of the warehouse rest', () => {
    const spec: Partial<RuleVersion> = {
      clock: { start: 'placed', count: { unit: 'business-days', amount: 1, daysOff: ['warehouse'] } },
    };
    const off = { version: 'warehouse nj #3', days: new Map([['2026-03-03', 'Stock count']]) };
    const order = placed({ warehouseId: 'nj' });
    const [deadline] = evaluate([spec], [order], 0, { daysOff: (_of, id) => (id === 'nj' ? off : undefined) });
    expect(deadline!.dueAt).toBe(at('2026-03-04T23:59:59-08:00'));
    const told = deadline!.explanation.map((line) => renderExplanation(line, 'en')).join('\n');
    expect(told).toContain('warehouse nj #3');
    expect(told).toContain('Skipped 2026-03-03: day off of the warehouse (nj: Stock count).');
    const zh = deadline!.explanation.map((line) => renderExplanation(line, 'zh')).join('\n');
    expect(zh).toContain('仓库休息日（nj: Stock count）');
  });

  test('a seller that works Saturdays is counted so', () => {
    const spec: Partial<RuleVersion> = { clock: { start: 'placed', count: { unit: 'operating-days', amount: 5 } } };
    const order = placed({ promise: { operatingDays: [1, 2, 3, 4, 5, 6] } });
    expect(evaluate([spec], [order], 0)[0]!.dueAt).toBe(at('2026-03-07T23:59:59-08:00'));
  });

  test('the earlier of two counts applies', () => {
    const spec: Partial<RuleVersion> = {
      clock: {
        start: 'placed',
        count: { unit: 'calendar-days', amount: 10, endOfDay: 'same-time' },
        orEarlier: { unit: 'business-days', amount: 7, endOfDay: 'same-time' },
      },
    };
    expect(evaluate([spec], [placed()], 0)[0]!.dueAt).toBe(at('2026-03-11T07:00:00-07:00'));
  });
});

describe('versions', () => {
  const versions = [
    version({
      version: 'old',
      effective: { until: '2026-01-26', pickedBy: 'placed' },
      clock: { start: 'placed', count: { unit: 'hours', amount: 96 } },
    }),
    version({ version: 'new', effective: { from: '2026-01-26', pickedBy: 'placed' } }),
  ];
  const book = compiled(rulebookDocument([rule('R', ...versions)]));
  const versionAt = (placedAt: string): string | undefined =>
    evaluateOrder(shipment([placed({ clocks: { placedAt: at(placedAt) } })]), book, context(0))[0]?.ruleVersion;

  test('the interval is read in its zone, from inclusive and until exclusive', () => {
    expect(versionAt('2026-01-25T23:59:59-08:00')).toBe('old');
    expect(versionAt('2026-01-26T00:00:00-08:00')).toBe('new');
  });

  test('a rule before its first version does not apply', () => {
    const later = compiled(
      rulebookDocument([rule('R', version({ effective: { from: '2027-01-01', pickedBy: 'placed' } }))]),
    );
    expect(evaluateOrder(shipment([placed()]), later, context(0))).toEqual([]);
  });
});

describe('waivers', () => {
  const announced = (effect: WaiverAnnounced['data']['effect'], more: object = {}): WaiverAnnounced['data'] => ({
    waiverId: 'w',
    ruleIds: ['R0'],
    from: at('2026-03-01T00:00:00Z'),
    until: at('2026-03-03T00:00:00Z'),
    effect,
    reason: 'storm',
    ...more,
  });
  const under = (...waivers: WaiverAnnounced['data'][]): Deadline =>
    evaluate([{ penalty: FINE }], [placed()], DUE + 1000, { waivers })[0]!;

  test('a waived deadline costs nothing, from whatever instant it is seen', () => {
    expect(under(announced({ kind: 'waive' }))).toMatchObject({ status: 'waived', fine: { amountMinor: 0 } });
    expect(under(announced({ kind: 'waive' }, { orderId: 'another' })).status).toBe('missed');
    expect(under(announced({ kind: 'waive' }), announced({ kind: 'waive' }, { revoked: true })).status).toBe('missed');
  });

  test('extra days and fixed dates move the due instant', () => {
    expect(under(announced({ kind: 'extra-days', days: 2 }))).toMatchObject({
      dueAt: DUE + 48 * HOUR,
      governedBy: 'waiver',
      status: 'open',
    });
    expect(under(announced({ kind: 'fixed-due', dueAt: DUE + HOUR }))).toMatchObject({ dueAt: DUE + HOUR });
  });

  test('a refund is told, the fine stands', () => {
    expect(under(announced({ kind: 'refund-later', monthsMin: 1, monthsMax: 3 })).fine).toMatchObject({
      amountMinor: 500,
      refundExpected: { monthsMin: 1, monthsMax: 3 },
    });
  });

  test('a published waiver for small lateness waits for the late event', () => {
    const text = { en: 'Holiday', zh: '假期' };
    const waiver = {
      id: 'h',
      rules: ['R0'],
      from: '2026-03-01',
      until: '2026-03-03',
      zone: 'UTC',
      maxLateHours: 24,
      effect: { kind: 'waive' as const },
      text,
      sources: ['S'],
      confidence: 'derived' as const,
    };
    const late = (scannedAt: number): string | undefined =>
      statusOf(
        [{ penalty: FINE }],
        [placed(), labelled('PKG00001', 1), scan('PKG00001', 'accepted', scannedAt)],
        DUE + 72 * HOUR,
        {},
        { waivers: [waiver] },
      );
    expect(late(DUE + 24 * HOUR)).toBe('waived');
    expect(late(DUE + 24 * HOUR + 1000)).toBe('missed');
  });
});

describe('gaps between scans', () => {
  const stagnation: Partial<RuleVersion> = {
    clock: { start: 'each-scan', count: { unit: 'hours', amount: 48 } },
    satisfiedBy: undefined,
    penalty: { amount: { percent: '5', of: 'order-value' }, accrual: { everyDays: 1 }, floor: '5.00', cap: '50.00' },
  };
  const order = placed({ lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 20_000 }] });
  const day = (n: number): number => at('2026-03-02T00:00:00Z') + n * 24 * HOUR;
  const moves = (...days: number[]) => days.map((n) => scan('PKG00001', 'in-transit', day(n)));

  test('the worst gap is fined once', () => {
    const events = [order, labelled('PKG00001', 1), ...moves(0, 3, 8), scan('PKG00001', 'delivered', day(9))];
    const [deadline] = evaluate([stagnation], events, day(20));
    expect(deadline).toMatchObject({ status: 'missed', startsAt: day(3), dueAt: day(5), fine: { amountMinor: 3000 } });
  });

  test('a running gap is open, a delivered parcel owes no scan', () => {
    expect(statusOf([stagnation], [order, labelled('PKG00001', 1), ...moves(0)], day(1))).toBe('open');
    const delivered = [order, labelled('PKG00001', 1), ...moves(0), scan('PKG00001', 'delivered', day(1))];
    expect(statusOf([stagnation], delivered, day(90))).toBe('met');
  });

  test('lost: only the time since the last scan counts', () => {
    const lost: Partial<RuleVersion> = {
      clock: { start: 'last-scan', count: { unit: 'calendar-days', amount: 10 } },
      satisfiedBy: undefined,
    };
    const events = [order, labelled('PKG00001', 1), ...moves(0, 12)];
    expect(statusOf([lost], events, day(15))).toBe('open');
    expect(statusOf([lost], events, day(30))).toBe('missed');
  });
});

describe('violations', () => {
  const fraud: Partial<RuleVersion> = {
    clock: undefined,
    satisfiedBy: undefined,
    violation: {
      kinds: ['empty-parcel'],
      presumption: { groupBy: 'spu', minCount: 20, minShare: '0.05', zone: 'market' },
    },
    penalty: FINE,
  };
  const order = placed({ lines: [{ lineId: '1', quantity: 1, unitPriceMinor: 100, spu: 'S1' }] });
  const shipped = [order, labelled('PKG00001', 1), scan('PKG00001', 'accepted', at('2026-03-03T07:30:00Z'))];
  const group = (violations: number, total: number) => ({
    groupDay: (_by: string, key: string, day: string) =>
      key === 'S1' && day === '2026-03-02' ? { violations, shipped: total } : undefined,
  });

  test('a group is presumed guilty from its count and its share on, both', () => {
    expect(statusOf([fraud], shipped, DUE, group(20, 400))).toBe('missed');
    expect(statusOf([fraud], shipped, DUE, group(19, 20))).toBeUndefined();
    expect(statusOf([fraud], shipped, DUE, group(20, 401))).toBeUndefined();
    const seven = {
      ...fraud,
      violation: {
        ...fraud.violation!,
        presumption: { ...fraud.violation!.presumption!, minCount: 7, minShare: '0.07' },
      },
    };
    expect(statusOf([seven], shipped, DUE, group(7, 100))).toBe('missed');
    expect(statusOf([seven], shipped, DUE, group(7, 101))).toBeUndefined();
  });

  test('an order tells which group and local day it belongs to', () => {
    const book = compiled(rulebookDocument([rule('R', version(fraud))]));
    expect(groupMemberships(shipment(shipped), book, context(DUE))).toEqual([
      { ruleId: 'R', groupBy: 'spu', group: 'S1', localDate: '2026-03-02', violation: false },
    ]);
  });

  test('an incident that names a product is one of that product alone', () => {
    const book = compiled(rulebookDocument([rule('R', version(fraud))]));
    const lines = ['S1', 'S2'].map((spu) => ({ lineId: spu, quantity: 1, unitPriceMinor: 100, spu }));
    const both = [placed({ lines }), ...shipped.slice(1)];
    const guilty = (spu?: string): string[] => {
      const incident = orderEvent('violation.reported', { kind: 'empty-parcel', occurredAt: DUE, spu });
      const groups = groupMemberships(shipment([...both, incident]), book, context(DUE));
      return groups.flatMap(({ group: name, violation }) => (violation ? [name] : []));
    };
    expect(guilty('S2')).toEqual(['S2']);
    expect(guilty()).toEqual(['S1', 'S2']);
    expect(guilty('S3')).toEqual([]);
  });

  test("a seller's cancellation is an incident of its own", () => {
    const spec: Partial<RuleVersion> = {
      clock: undefined,
      satisfiedBy: undefined,
      violation: { kinds: ['cancelled-by-seller'] },
      penalty: { amount: { percent: '10', of: 'cancelled-value' } },
    };
    const cancelled = (by: 'seller' | 'buyer') => [placed(), orderEvent('order.cancelled', { cancelledAt: DUE, by })];
    expect(evaluate([spec], cancelled('seller'))[0]!.fine.amountMinor).toBe(375);
    expect(evaluate([spec], cancelled('buyer'))).toEqual([]);
  });

  test('a cancellation tells whether the carrier had a parcel by then', () => {
    const spec: Partial<RuleVersion> = {
      when: { not: { field: 'violation.tags', has: 'after-acceptance' } },
      clock: undefined,
      satisfiedBy: undefined,
      violation: { kinds: ['cancelled-by-seller'] },
      penalty: FINE,
    };
    const cancelled = orderEvent('order.cancelled', { cancelledAt: DUE, by: 'seller' });
    const accepted = (when: number) => [
      placed(),
      cancelled,
      labelled('PKG00001', 1),
      scan('PKG00001', 'accepted', when),
    ];
    expect(statusOf([spec], accepted(DUE + 1000))).toBe('missed');
    expect(evaluate([spec], accepted(DUE))).toEqual([]);
  });
});

test("the platform's cancellation at the limit of a rule that threatens it is a miss, any other one by then ends the rule", () => {
  const effects = [{ kind: 'auto-cancel' as const, text: { en: 'Cancelled', zh: '取消' } }];
  const status = (cancelledAt: number, by: 'platform' | 'buyer', more: Partial<RuleVersion> = { effects }) =>
    statusOf([more], [placed(), orderEvent('order.cancelled', { cancelledAt, by })], DUE + 1000);
  expect(status(DUE, 'platform')).toBe('missed');
  expect(status(DUE - 1000, 'platform')).toBe('void');
  expect(status(DUE, 'buyer')).toBe('void');
  expect(status(DUE, 'platform', {})).toBe('void');
});

test('the first rule that applies decides where the rulebook says so', () => {
  const specs = [{ when: { field: 'program', is: 'prime' } as const }, {}, {}];
  const ids = (program: string) =>
    evaluate(specs, [placed({ program })], 0, {}, { match: 'first' }).map((deadline) => deadline.ruleId);
  expect(ids('prime')).toEqual(['R0']);
  expect(ids('other')).toEqual(['R1']);
});

test('an exemption waives or gives a ground to appeal', () => {
  const text = { en: 'Platform label', zh: '平台面单' };
  const when = { field: 'labelSource', is: 'platform' } as const;
  const exempt = (result: 'waived' | 'appeal') =>
    evaluate(
      [{ penalty: FINE, exemptions: [{ id: 'e', when, result, text }] }],
      [placed({ labelSource: 'platform' })],
    )[0]!;
  expect(exempt('waived').status).toBe('waived');
  expect(exempt('appeal')).toMatchObject({ status: 'missed', fine: { amountMinor: 500 } });
  expect(exempt('appeal').explanation.map((line) => line.code)).toContain('appeal-ground');
});

test('the appeal window runs from the miss, or from the fine once it is levied', () => {
  const spec = { penalty: FINE, appeal: { windowDays: 30, rounds: 2 } };
  expect(evaluate([spec], [placed()])[0]!.appeal).toMatchObject({ until: at('2026-04-03T14:00:00Z'), rounds: 2 });
  const leviedAt = at('2026-03-10T00:00:00Z');
  const levied = orderEvent('fine.levied', {
    platform: 'temu',
    chargeId: 'c',
    amountMinor: 500,
    currency: 'USD',
    leviedAt,
    ruleId: 'R0',
  });
  expect(evaluate([spec], [placed(), levied])[0]!.appeal?.until).toBe(at('2026-04-09T00:00:00Z'));
});

test('the time to appeal runs from a charge that stands', () => {
  const charge = (chargeId: string, leviedAt: number, reversal = false) =>
    orderEvent('fine.levied', {
      platform: 'temu',
      chargeId,
      amountMinor: 500,
      currency: 'USD',
      leviedAt,
      ruleId: 'R0',
      reversal,
    });
  const until = (...charges: Events): number | undefined =>
    evaluate([{ penalty: FINE, appeal: { windowDays: 1 } }], [placed(), ...charges])[0]!.appeal?.until;
  const [first, second] = [charge('c1', DUE + HOUR), charge('c2', DUE + 50 * HOUR)];
  expect(until(first, second)).toBe(DUE + 25 * HOUR);
  expect(until(first, charge('c1', DUE + 2 * HOUR, true), second)).toBe(DUE + 74 * HOUR);
});

describe('overlays', () => {
  const overlay = (more: Partial<RuleOverlay> = {}): RuleOverlay => ({
    overlayId: 'c1',
    tenantId: 't',
    ruleId: 'R',
    patch: { penalty: { amount: { fixed: '1.00' } } },
    signedBy: 'A. Clerk',
    signedAt: '2026-01-01T00:00:00Z',
    reason: 'contract',
    ...more,
  });
  const fine = (overlays: RuleOverlay[]): Deadline =>
    evaluateOrder(
      shipment([placed()]),
      compiled(rulebookDocument([rule('R', version({ penalty: FINE }))]), overlays),
      context(DUE + 1000),
    )[0]!;

  test("a tenant's contract replaces the amount and is the surest source", () => {
    const deadline = fine([overlay()]);
    expect(deadline.fine).toMatchObject({ amountMinor: 100, confidence: 'contract' });
    expect(deadline.explanation.find((line) => line.code === 'overlay')?.values).toMatchObject({
      signedBy: 'A. Clerk',
    });
  });

  test.each([
    ['another tenant', { tenantId: 'x' }],
    ['another seller', { sellerId: 'x' }],
    ['another time', { until: '2026-01-01' }],
  ])('an overlay of %s changes nothing', (_name, more) => {
    expect(fine([overlay(more)]).fine.amountMinor).toBe(500);
  });

  test('taking an overlay away returns to the start', () => {
    const cents = fc.integer({ min: 0, max: 99_999 });
    fc.assert(
      fc.property(cents, fc.integer({ min: 1, max: 200 }), (amount, hours) => {
        const before = JSON.stringify(fine([]));
        const patch = {
          penalty: { amount: { fixed: (amount / 100).toFixed(2) } },
          clock: { start: 'placed' as const, count: { unit: 'hours' as const, amount: hours } },
        };
        fine([overlay({ patch })]);
        expect(JSON.stringify(fine([]))).toBe(before);
      }),
      { numRuns: 30 },
    );
  });
});

test('any order and duplication of the same events gives the same deadlines and fines', () => {
  const events = [
    placed({ lines: [{ lineId: '1', quantity: 2, unitPriceMinor: 2500 }] }),
    orderEvent('order.amended', { changes: { clocks: { placedAt: at('2026-03-02T16:00:00Z') } } }, { time: 3 }),
    labelled('PKG00001', DUE - 30 * HOUR),
    labelled('PKG00002', DUE - 20 * HOUR),
    orderEvent('parcel.relabelled', { trackingNumber: 'PKG00003', replaces: 'PKG00002', uploadedAt: DUE - 10 * HOUR }),
    scan('PKG00001', 'accepted', DUE - 5 * HOUR, { id: 'wrong' }),
    scan('PKG00001', 'unknown', DUE, { strength: 'none', retracts: 'wrong' }),
    scan('PKG00003', 'in-transit', DUE + HOUR),
    scan('PKG00001', 'in-transit', DUE + 3 * HOUR),
  ];
  const specs: Partial<RuleVersion>[] = [
    { penalty: { amount: { percent: '10', of: 'order-value' }, accrual: { everyDays: 1 } } },
    { per: 'parcel', clock: { start: 'labelled', count: { unit: 'hours', amount: 24 } }, penalty: FINE },
  ];
  const expected = JSON.stringify(evaluate(specs, events, DUE + 50 * HOUR));
  const mixed = fc.subarray(events).chain((again) => {
    const all = [...events, ...again];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
  fc.assert(
    fc.property(mixed, (shuffled) => {
      expect(JSON.stringify(evaluate(specs, shuffled, DUE + 50 * HOUR))).toBe(expected);
    }),
  );
});
