import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkRulebook, loadRulebook, readRulebookFolder } from './load-rulebook.js';
import { RulebookError } from './rulebook-error.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'fineline-rulebooks-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const SOUND = `# yaml-language-server: $schema=./rulebook.schema.json
rulebook: shop-us
platform: shop
markets: [US]
title: { en: Shop, zh: 商店 }
currency: USD
marketZone: America/New_York
zone: market
calendar: us-federal
match: all
sources:
  S1: { title: Terms, url: 'https://example.com/terms', readOn: 2026-11-01 }
rules:
  - id: SHOP-1
    title: { en: Late dispatch, zh: 延迟发货 }
    versions:
      - version: '2026'
        effective: { from: 2026-01-01, pickedBy: placed }
        stage: enforced
        sources: [S1]
        confidence: quoted-official
        clock: { start: placed, count: { unit: business-days, amount: 2, endOfDay: '23:59' } }
        satisfiedBy: { event: accepted, strength: direct }
        penalty:
          amount: { max: [{ fixed: '10' }, { percent: '50', of: order-value }] }
          floor: '1'
          cap: '200'
          gate: { rate: SHOP-LDR, gte: '0.10' }
        ladder: [{ hoursBefore: 24 }, { hoursBefore: 0 }]
rates:
  - id: SHOP-LDR
    metric: LDR
    title: { en: Late dispatch rate, zh: 延迟履约率 }
    counts: { rule: SHOP-1, numerator: missed, unit: orders }
    windows: [{ kind: rolling-days, days: 30 }]
    zone: market
    bands: [{ gte: '0.10', effects: [] }]
    sources: [S1]
    confidence: quoted-official
`;

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
  writeFileSync(path.join(directory, name), text);
}

/** The sound rulebook with the first occurrence of each text replaced. */
function changed(...changes: readonly [from: string, to: string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the rulebook has no ${from}`);
    return text.replace(from, () => to);
  }, SOUND);
}

/** Faults as `name:line path: detail (mend)`. */
function faults(): string[] {
  const checked = checkRulebook(directory);
  if (!('faults' in checked)) return [];
  return checked.faults.map(
    (fault) => `${path.relative(directory, fault.file)}:${fault.line} ${fault.path}: ${fault.detail} (${fault.mend})`,
  );
}

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

describe('loading rulebooks', () => {
  it('compiles a sound one', () => {
    write('shop.yaml', SOUND);
    expect(faults()).toEqual([]);
    expect(loadRulebook(directory).rulesFor('shop', 'US')).toHaveLength(1);
  });

  it.each([
    ['an unknown field', 'clock: {', 'clokc: {', /\/clokc: unknown field clokc \(did you mean clock\?\)$/],
    ['a cap below its floor', "cap: '200'", "cap: '0.50'", /penalty\/cap: cap 0.50 is below floor 1 \(raise/],
    [
      'an unknown zone',
      'America/New_York',
      'America/New_Yrk',
      /\/marketZone: unknown time zone: America\/New_Yrk \(use/,
    ],
    ['an unknown calendar', 'calendar: us-federal', 'calendar: us', /\/calendar: unknown calendar: us \(/],
    ['an unknown currency', 'currency: USD', 'currency: US$', /\/currency: unknown currency: US\$ \(use an ISO 4217/],
    [
      'an unknown money base',
      'of: order-value',
      'of: order-valeu',
      /of: "order-valeu" is not known here \(did you mean order-value\?/,
    ],
    ['a gate without a window', '[{ kind: rolling-days, days: 30 }]', '[]', /windows: a rate without a window \(add/],
    ['a gate on no rate', 'rate: SHOP-LDR, gte', 'rate: SHOP-XX, gte', /gate\/rate: unknown rate: SHOP-XX \(define/],
    [
      'a gate without a limit',
      ", gte: '0.10' }\n        ladder",
      ' }\n        ladder',
      /gate: a bound without a limit \(add/,
    ],
    [
      'a ladder step after its deadline',
      'hoursBefore: 24',
      'hoursBefore: -1',
      /hoursBefore: a ladder step after its deadline: -1 \(/,
    ],
    [
      'an amount that is not quoted',
      "fixed: '10'",
      'fixed: 10.50',
      /fixed must be string, not 10.50 \(put it in quotes: "10.50"\)/,
    ],
    ['a negative amount', "fixed: '10'", "fixed: '-10'", /fixed: not a plain decimal of at least 0: -10 \(/],
    ['a missing field', 'match: all\n', '', /^shop.yaml:2 \/match: match is missing \(use one of all, first/],
    ['an empty field', 'match: all', 'match:', /\/match: match is empty \(use one of all, first\)/],
    ['an unknown source', '[S1]', '[S2]', /sources\/0: unknown source: S2 \(list it/],
    [
      'an unknown event',
      'event: accepted',
      'event: acepted',
      /event: "acepted" is not known here \(did you mean accepted\?\)/,
    ],
    [
      'a day that does not exist',
      '2026-01-01',
      '2026-02-30',
      /effective\/from: neither a date nor an instant: 2026-02-30/,
    ],
    ['an unquoted comma', 'en: Shop,', 'en: Shop, Inc,', /Inc: unknown field Inc/],
    [
      'a key twice',
      'platform: shop',
      'platform: shop\nplatform: shop',
      /^shop.yaml:4 : platform is there twice \(keep one/,
    ],
    ['broken YAML', 'markets: [US]', 'markets: [US', /^shop.yaml:\d+ : Flow sequence/],
  ])('refuses %s with file, line, path and how to mend it', (_, from, to, expected) => {
    const text = changed([from, to]);
    write('shop.yaml', text);
    expect(faults()).toHaveLength(1);
    expect(faults()[0]).toMatch(expected);
  });

  it('names the line of the field at fault', () => {
    const text = changed(["cap: '200'", "cap: '0.50'"]);
    write('shop.yaml', text);
    expect(faults()[0]).toMatch(`shop.yaml:${lineOf(text, 'cap:')} /rules/0/versions/0/penalty/cap`);
  });

  it('refuses versions that overlap', () => {
    const version = SOUND.slice(SOUND.indexOf("      - version: '2026'"), SOUND.indexOf('rates:'));
    const second = version.replace("'2026'", "'2027'").replace('2026-01-01', '2027-01-01');
    const text = SOUND.replace('rates:', () => `${second}rates:`);
    write('shop.yaml', text);
    expect(faults()).toEqual([
      expect.stringMatching(/^shop.yaml:\d+ \/rules\/0\/versions\/1\/effective: overlaps version 2026/),
    ]);
    const closed = text.replace('from: 2026-01-01,', 'from: 2026-01-01, until: 2027-01-01,');
    write('shop.yaml', closed);
    expect(faults()).toEqual([]);
  });

  it('tells all faults of all files at once, in the order of the files', () => {
    write(
      'a.yaml',
      changed(
        ['rulebook: shop-us', 'rulebook: other'],
        ['clock: {', 'clokc: {'],
        ["cap: '200'", "cap: '0.50'"],
        ['America/New_York', 'Mars/Base'],
        ['calendar: us-federal', 'calendar: mars'],
        ['currency: USD', 'currency: XXX'],
        ['of: order-value', 'of: nothing'],
        ['[{ kind: rolling-days, days: 30 }]', '[]'],
        ['hoursBefore: 24', 'hoursBefore: -24'],
      ),
    );
    write('b.yaml', changed(["cap: '200'", "cap: '0'"]));
    const found = faults().map((fault) => fault.split(': ')[0]!.replace(/:\d+/, ''));
    expect(found).toEqual([
      'a.yaml /currency',
      'a.yaml /marketZone',
      'a.yaml /calendar',
      'a.yaml /rules/0/versions/0/clokc',
      'a.yaml /rules/0/versions/0/penalty/amount/max/1/of',
      'a.yaml /rules/0/versions/0/penalty/cap',
      'a.yaml /rules/0/versions/0/ladder/0/hoursBefore',
      'a.yaml /rates/0/windows',
      'b.yaml /rules/0/versions/0/penalty/cap',
    ]);
  });

  it.each([
    ['brackets without end', '['.repeat(100_000)],
    [
      'aliases of aliases',
      'a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: &d [*c, *c, *c]\ne: [*d, *d, *d, *d]',
    ],
    ['ever deeper conditions', `rules: [{ versions: [{ when: ${'{ not: '.repeat(3000)}x${' }'.repeat(3000)} }] }]`],
    ['a flood of keys', Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['a list that holds itself', '&a [*a]'],
    ['a program', 'rulebook: !!js/function "() => 1"'],
    ['a very long file', 'x'.repeat(500_000)],
    ['nothing', ''],
  ])('refuses %s in few words', (_, text) => {
    write('shop.yaml', text);
    const found = faults();
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(60);
  });

  it('refuses points that cannot be counted, each with its place', () => {
    const points = `points:
  - id: p
    metric: m
    title: { en: Points, zh: 积分 }
    lapses: { days: 90, endOfDay: noon }
    zone: market
    milestones:
      - { at: 0, effects: [{ kind: account, text: { en: Out, zh: 停用 } }] }
    sources: [S9]
    confidence: derived
`;
    const effect = "effects: [{ kind: points, balance: q, values: { points: '2' }, text: { en: x, zh: x } }]";
    write('shop.yaml', `${changed(['ladder:', `${effect}\n        ladder:`])}\n${points}`);
    expect(faults().map((fault) => fault.split(': ')[0]!.replace(/:\d+/, ''))).toEqual([
      'shop.yaml /rules/0/versions/0/effects/0/balance',
      'shop.yaml /rules/0/versions/0/effects/0/values/points',
      'shop.yaml /points/0/lapses/endOfDay',
      'shop.yaml /points/0/milestones/0/at',
      'shop.yaml /points/0/sources/0',
    ]);
  });

  it('throws with every fault printed, and gives back nothing', () => {
    write('shop.yaml', changed(['clock: {', 'clokc: {']));
    expect(() => loadRulebook(directory)).toThrow(RulebookError);
    expect(() => loadRulebook(directory)).toThrow(
      /^rulebook refused, 1 fault:\n.*shop\.yaml:\d+ \/rules\/0\/versions\/0\/clokc: unknown field clokc \(did you mean clock\?\)/,
    );
  });

  it('refuses two files of one name', () => {
    write('a.yaml', SOUND);
    write('b.yaml', changed(['id: SHOP-1', 'id: SHOP-2'], ['rule: SHOP-1', 'rule: SHOP-2']));
    expect(faults()[0]).toMatch(/^b.yaml:2 \/rulebook: .*a.yaml has this name already/);
  });
});

const OVERLAY = `overlays:
  - overlayId: acme-2026
    tenantId: acme
    ruleId: SHOP-1
    from: 2026-03-01
    patch:
      penalty: { amount: { fixed: '7.50' } }
    signedBy: Wang Li
    signedAt: 2026-02-20T09:00:00+08:00
    reason: Framework contract 2026/3
`;

describe('overlays', () => {
  beforeEach(() => write('shop.yaml', SOUND));

  it('are read from YAML and JSON', () => {
    write('overlays/acme.yaml', OVERLAY);
    write('overlays/other.json', JSON.stringify({ overlays: [] }));
    expect(faults()).toEqual([expect.stringMatching(/^overlays\/other.json:1 \/overlays: .*>=1 items/)]);
  });

  it('are laid over the rule they name', () => {
    write('overlays/acme.yaml', OVERLAY);
    expect(faults()).toEqual([]);
    const version = loadRulebook(directory).rule('SHOP-1')?.versions[0];
    expect(version?.overlays.map(({ overlay }) => overlay.overlayId)).toEqual(['acme-2026']);
  });

  it('are compiled from a folder as it was read, files changed since or not', () => {
    write('overlays/acme.yaml', OVERLAY);
    const folder = readRulebookFolder(directory);
    const base = loadRulebook(folder);
    write('shop.yaml', 'not a rulebook');
    const [stored] = folder.read.overlays[0]!.value!.overlays;
    const added = { ...stored!, overlayId: 'acme-2027', tenantId: 'acme-2' };
    const withOne = loadRulebook(folder, { overlays: [added], base });
    expect(withOne.rule('SHOP-1')?.versions[0]?.overlays).toHaveLength(2);
    expect(loadRulebook(folder, { base }).rule('SHOP-1')).toBe(base.rule('SHOP-1'));
    const draft = { ...folder.read.documents[0]!, rates: [] };
    const drafted = checkRulebook(folder, { drafts: [draft], base });
    expect('faults' in drafted && drafted.faults.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/unknown rate: SHOP-LDR/),
    ]);
  });

  it.each([
    [
      "fixed: '7.50'",
      "fixed: '7.50', per: order }, floor: '9', cap: '8', capGroup: { name: x, cap: '1'",
      /^overlays\/acme.yaml:7 \/overlays\/0\/patch\/penalty\/cap: cap 8 is below/,
    ],
    ['SHOP-1', 'SHOP-9', /^overlays\/acme.yaml:4 \/overlays\/0\/ruleId: unknown rule: SHOP-9/],
    ['signedBy: Wang Li\n    ', '', /signedBy: signedBy is missing \(add signedBy/],
  ])('with %j as %j are refused in their own file', (from, to, expected) => {
    write('overlays/acme.yaml', OVERLAY.replace(from, to));
    expect(faults()).toEqual([expect.stringMatching(expected)]);
  });
});

describe('named calendars', () => {
  beforeEach(() => write('shop.yaml', changed(['calendar: us-federal', 'calendar: depot'])));

  it('may rest on days of an .ics file', () => {
    write('calendars.yaml', 'calendars:\n  depot: { base: us-federal, daysOffFile: depot.ics }\n');
    write(
      'depot.ics',
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260803\r\nEND:VEVENT\r\nEND:VCALENDAR',
    );
    expect(faults()).toEqual([]);
  });

  it.each([
    ['{ base: mars }', /^calendars.yaml:2 \/calendars\/depot\/base: unknown calendar, or one based on itself: mars/],
    ['{ base: us-federal, daysOffFile: no.ics }', /daysOffFile: the file does not exist/],
    ['{ base: us-federal, holidays: { 2026-02-30: Nothing } }', /holidays\/2026-02-30: not a calendar date/],
    ['{ base: us-federal, weekday: [1] }', /weekday: unknown field weekday \(did you mean weekdays\?\)/],
  ])('are refused as %s', (spec, expected) => {
    write('calendars.yaml', `calendars:\n  depot: ${spec}\n`);
    expect(faults().filter((fault) => fault.startsWith('calendars.yaml'))).toEqual([expect.stringMatching(expected)]);
  });
});
