import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseCloudEvent } from './cloud-event.js';
import { FAULT_TEXTS, faultText } from './fault-texts.js';
import { faultsOf } from './fault.js';
import { identifier, instant } from './primitives.js';

const SLOT = /\{(\w+)!?\}/g;
const slotsOf = (text: string): string[] => [...text.matchAll(SLOT)].map(([, name]) => name!).sort();

describe('texts of faults', () => {
  it.each(Object.entries(FAULT_TEXTS))(
    '%s says the same in both languages, and the Chinese one is Chinese',
    (_code, text) => {
      expect(text.zh).toMatch(/\p{Script=Han}|\{reason!\}/u);
      expect(slotsOf(text.zh)).toEqual(slotsOf(text.en));
    },
  );

  it('name the column of a file', () => {
    const what = { code: 'cell-integer', values: { text: '2.5', column: 'Qty' } };
    expect(faultText(what, 'en')).toBe('column "Qty": "2.5" is not a whole number');
    expect(faultText(what, 'zh')).toBe('列“Qty”：“2.5”不是整数');
  });

  it('say what was kept without a code, or with one of a newer build, as it came', () => {
    expect(faultText({ detail: 'is wrong' }, 'zh')).toBe('is wrong');
    expect(faultText({ code: 'of-a-newer-build', detail: 'is wrong' }, 'zh')).toBe('is wrong');
  });

  it('let no value be taken for a slot', () => {
    const what = { code: 'cell-none-of', values: { text: '{values}', values: 'a, b' } };
    expect(faultText(what, 'en')).toBe('"{values}" is none of a, b');
  });
});

describe('faults of a schema', () => {
  const schema = z.strictObject({
    id: identifier,
    at: instant,
    name: z.string().max(3).regex(/^a/).optional(),
    list: z.array(z.int()).min(1).max(2),
    kind: z.enum(['a', 'b']),
  });
  const chinese = (value: object): string[] =>
    faultsOf(schema.safeParse(value).error!).map((fault) => faultText(fault, 'zh'));

  it('have a code and values each, of zod as of ours', () => {
    expect(chinese({ id: ' x', at: 'soon', list: [1.5], kind: 'c' })).toEqual([
      '须为 NFC 形式，首尾不得有空格',
      '时间无效：须为含秒和时差的 RFC 3339 时间，如 2026-01-30T20:47:00-08:00',
      '缺少，或不是整数',
      '须为以下之一：a, b',
    ]);
    expect(chinese({ at: '2026-02-30T00:00:00Z', name: 'bcde', list: [1, 2, 3], kind: 'a', more: 1 })).toEqual([
      '缺少，或不是文本',
      '时间无效：没有这样的日期或时间（不接受闰秒）',
      '最多 3 个字符',
      '格式不符',
      '最多 2 项',
      '含有未知字段：more',
    ]);
  });

  it('have their English text written out', () => {
    const parsed = parseCloudEvent({ specversion: '2.0' }, { tenantId: 'acme' });
    const faults = parsed.ok ? [] : parsed.faults;
    expect(faults).toContainEqual({ pointer: '/specversion', detail: 'must be "1.0"', code: 'spec-version' });
    expect(faults.every((fault) => fault.detail === faultText(fault, 'en'))).toBe(true);
  });
});
