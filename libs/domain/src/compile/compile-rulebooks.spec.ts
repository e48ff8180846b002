import { describe, expect, test } from '@jest/globals';
import { calendarSource, compiled, rule, rulebookDocument, version } from '../fixture.js';
import type { Rule, RulebookDocument, RulebookFault, RuleOverlay, RuleVersion } from '../rule.js';
import type { CompiledRulebook } from './compiled.js';
import { compileRulebooks } from './compile-rulebooks.js';

function faultsOf(
  rules: readonly Rule[],
  changes: Partial<RulebookDocument> = {},
  overlays: RuleOverlay[] = [],
): readonly RulebookFault[] {
  const result = compileRulebooks([rulebookDocument(rules, changes)], overlays, calendarSource());
  return 'faults' in result ? result.faults : [];
}
const TEXT = { en: 'x', zh: 'x' };
const hours = (amount: number): RuleVersion['clock'] => ({ start: 'placed', count: { unit: 'hours', amount } });
const chained = (deadline: string): Partial<RuleVersion> => ({
  clock: { start: { deadline }, count: { unit: 'hours', amount: 1 } },
});

describe('faults name their place and how to mend it', () => {
  test.each<[string, Partial<RuleVersion>, string, RegExp]>([
    [
      'a cap below its floor',
      { penalty: { amount: { fixed: '1' }, floor: '5', cap: '2' } },
      '/penalty/cap',
      /below floor/,
    ],
    [
      'an unknown zone',
      { clock: { ...hours(1)!, zone: { fixed: 'America/Nowhere' } } },
      '/clock/zone/fixed',
      /time zone/,
    ],
    [
      'an unknown calendar',
      { clock: { start: 'placed', count: { unit: 'business-days', amount: 1, calendar: 'mars' } } },
      '/clock/count/calendar',
      /calendar: mars/,
    ],
    ['an unknown currency', { penalty: { amount: { fixed: '1' }, currency: 'XXZ' } }, '/penalty/currency', /currency/],
    [
      'an unknown money base',
      { penalty: { amount: { percent: '1', of: 'profit' as never } } },
      '/penalty/amount/of',
      /money base/,
    ],
    [
      'an unknown rate',
      { penalty: { amount: { fixed: '1' }, gate: { rate: 'ldr', gt: '0.1' } } },
      '/penalty/gate/rate',
      /unknown rate/,
    ],
    [
      'a gate without a limit',
      { penalty: { amount: { fixed: '1' }, gate: { rate: 'ldr' } } },
      '/penalty/gate',
      /without a limit/,
    ],
    ['a step after its deadline', { ladder: [{ hoursBefore: -2 }] }, '/ladder/0/hoursBefore', /2 hours after/],
    ['an unknown source', { sources: ['T'] }, '/sources/0', /unknown source/],
    ['an unknown field', { when: { field: 'colour' as never, is: 'red' } }, '/when/field', /unknown field/],
    ['a chain to nothing', chained('NOPE'), '', /does not exist/],
    ['a chain to itself', chained('R'), '', /waits for this one/],
    [
      'an amount that is no decimal',
      { penalty: { amount: { fixed: '1,50' } } },
      '/penalty/amount/fixed',
      /not a decimal/,
    ],
    ['two ways to an amount', { penalty: { amount: { fixed: '1' }, tiers: [] } }, '/penalty', /exactly one|has one of/],
    ['a clock without an end', { clock: { start: 'placed' } }, '/clock', /without a count/],
    ['nothing that satisfies', { satisfiedBy: undefined }, '', /satisfies/],
    [
      'a cutoff on clock hours',
      { clock: { start: 'placed', count: { unit: 'hours', amount: 1, cutoff: { time: '14:00', at: 'before' } } } },
      '/clock/count/cutoff',
      /no cutoff/,
    ],
    [
      'half a day in a table',
      {
        clock: {
          start: 'placed',
          count: { unit: 'business-days', amount: { table: [{ when: { field: 'program', is: 'x' }, value: 1.5 }] } },
        },
      },
      '/clock/count/amount',
      /cannot count 1.5/,
    ],
    ['a date that is none', { effective: { from: '2026-02-30', pickedBy: 'placed' } }, '/effective/from', /not a date/],
  ])('%s', (_name, spec, path, detail) => {
    const faults = faultsOf([rule('R', version(spec))]);
    const prefix = path === '' ? /^\/rules\/0/ : new RegExp(`^/rules/0/versions/0${path}$`);
    const found = faults.find((fault) => detail.test(fault.detail));
    expect(found).toMatchObject({
      file: 'temu-us',
      path: expect.stringMatching(prefix),
      mend: expect.stringMatching(/./),
    });
  });

  test('overlapping versions', () => {
    const effective = (from: string, until?: string) => ({ from, until, pickedBy: 'placed' as const });
    const overlapping = [
      version({ version: 'a', effective: effective('2026-01-01', '2026-03-01') }),
      version({ version: 'b', effective: effective('2026-02-28') }),
    ];
    expect(faultsOf([rule('R', ...overlapping)])).toMatchObject([{ path: '/rules/0/versions/1/effective' }]);
    const adjoining = [overlapping[0]!, version({ version: 'b', effective: effective('2026-03-01') })];
    expect(faultsOf([rule('R', ...adjoining)])).toEqual([]);
  });

  test('a loop over several rules, ids used twice, overlays of unknown rules, rates without windows: all at once', () => {
    const rate = {
      id: 'r',
      metric: 'm',
      title: TEXT,
      windows: [],
      zone: 'market' as const,
      bands: [],
      sources: [],
      confidence: 'derived' as const,
    };
    const overlay: RuleOverlay = {
      overlayId: 'o',
      tenantId: 't',
      ruleId: 'GONE',
      patch: {},
      signedBy: 'x',
      signedAt: 'x',
      reason: 'x',
    };
    const faults = faultsOf(
      [
        rule('A', version(chained('B'))),
        rule('B', version(chained('C'))),
        rule('C', version(chained('A'))),
        rule('D'),
        rule('D'),
      ],
      { rates: [rate] },
      [overlay],
    );
    const details = faults.map((fault) => fault.detail).join('\n');
    expect(details).toMatch(/waits for rule B, which waits for this one/);
    expect(details).toMatch(/rule id D is used/);
    expect(details).toMatch(/unknown rule: GONE/);
    expect(details).toMatch(/rate without a window/);
  });
});

describe('from a rulebook compiled before', () => {
  const document = rulebookDocument([rule('A'), rule('B', version(chained('A')))]);
  const overlayOf = (ruleId: string, patch: RuleOverlay['patch'] = {}): RuleOverlay => ({
    overlayId: `on-${ruleId}`,
    tenantId: 't',
    ruleId,
    patch,
    signedBy: 'x',
    signedAt: 'x',
    reason: 'x',
  });
  const own = overlayOf('A');
  const base = compiled(document, [own]);
  const again = (overlays: RuleOverlay[], of = document): CompiledRulebook => {
    const result = compileRulebooks([of], overlays, calendarSource(), base);
    if ('faults' in result) throw new Error(JSON.stringify(result.faults));
    return result.rulebook;
  };

  test('rules are taken over unless their overlays differ', () => {
    const same = again([own, overlayOf('B')]);
    expect(same.rule('A')).toBe(base.rule('A'));
    expect(same.rule('B')?.versions[0]?.overlays).toHaveLength(1);
    expect(again([]).rule('A')?.versions[0]?.overlays).toEqual([]);
    expect(again([{ ...own }]).rule('A')).not.toBe(base.rule('A'));
  });

  test('rules of another document are compiled, and faults found as ever', () => {
    const other = again([own], rulebookDocument([rule('A')]));
    expect(other.rule('A')).not.toBe(base.rule('A'));
    const looped = overlayOf('B', { penalty: { amount: { fixed: '1' }, floor: '5', cap: '2' } });
    const result = compileRulebooks([document], [own, looped, overlayOf('GONE')], calendarSource(), base);
    expect('faults' in result && result.faults.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/below floor/),
      expect.stringMatching(/unknown rule: GONE/),
    ]);
  });
});

describe('which rules apply to a platform and market', () => {
  const book = (): ReturnType<typeof compileRulebooks> =>
    compileRulebooks(
      [
        rulebookDocument([rule('US')]),
        rulebookDocument([rule('ANY')], { rulebook: 'any-market', markets: ['*'] }),
        rulebookDocument([rule('OWN')], { rulebook: 'fallback', platform: '*', markets: ['*'] }),
      ],
      [],
      calendarSource(),
    );

  test.each([
    ['temu', 'US', ['US', 'ANY']],
    ['temu', 'DE', ['ANY']],
    ['elsewhere', 'US', ['OWN']],
  ])('%s %s', (platform, market, ids) => {
    const result = book();
    if ('faults' in result) throw new Error('faults');
    expect(result.rulebook.rulesFor(platform, market).map(({ rule: { id } }) => id)).toEqual(ids);
  });
});

test('a rulebook without faults compiles', () => {
  expect(compiled(rulebookDocument([rule('R')])).rule('R')?.rule.id).toBe('R');
});
