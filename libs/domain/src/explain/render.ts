// Explanation lines as sentences in English or Chinese. Times are shown in the line's zone with the zone named, money with its currency.
import type { ExplanationLine } from '../deadline.js';
import { minorText } from '../evaluate/formula.js';
import { dateText } from '../local-date.js';
import { toLocal } from '../zone.js';
import { TEMPLATES } from './templates.js';
import { WORDS } from './words.js';

export type ExplanationLanguage = 'en' | 'zh';

type Values = ExplanationLine['values'];
const SLOT = /\{(\w+)([@$~%]?)\}/g;
const OPTIONAL = /\{(\w+)\?((?:[^{}]|\{[^{}]*\})*)\}/g;

/** One sentence. A code without a template (of a newer engine) is shown as it is with its values, never dropped. */
export function renderExplanation(line: ExplanationLine, language: ExplanationLanguage): string {
  const template = TEMPLATES[line.code]?.[language];
  if (template === undefined) return `${line.code} ${JSON.stringify(line.values)}`;
  return template
    .replaceAll(OPTIONAL, (_all, name: string, text: string) => (isSet(name, line.values) ? text : ''))
    .replaceAll(SLOT, (_all, name: string, form: string) => slotText(name, form, line.values, language));
}

/** An end of a range that equals its start says nothing. */
function isSet(name: string, values: Values): boolean {
  const value = values[name];
  return value !== undefined && value !== '' && !(name === 'to' && value === values['from']);
}

function slotText(name: string, form: string, values: Values, language: ExplanationLanguage): string {
  const value = values[name];
  if (value === undefined) return '';
  if (form === '@') return instantText(Number(value), String(values['zone'] ?? 'UTC'));
  if (form === '$') return minorText(Number(value), String(values['currency'] ?? ''));
  if (form === '~') return durationText(Number(value), language);
  if (form === '%') return `${Math.round(Number(value) * 10_000) / 100}%`;
  return WORDS[name]?.[String(value)]?.[language] ?? String(value);
}

/** `2026-02-03 23:59:59 America/Los_Angeles (UTC-08:00)`. */
function instantText(at: number, zone: string): string {
  const { date, secondOfDay, offsetMinutes } = toLocal(at, zone);
  const clock = [secondOfDay / 3600, (secondOfDay / 60) % 60, secondOfDay % 60].map(twoDigits).join(':');
  const offset = Math.abs(Math.round(offsetMinutes));
  const sign = offsetMinutes < 0 ? '-' : '+';
  return `${dateText(date)} ${clock} ${zone} (UTC${sign}${twoDigits(offset / 60)}:${twoDigits(offset % 60)})`;
}

function durationText(ms: number, language: ExplanationLanguage): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const parts = [
    [Math.floor(seconds / 3600), language === 'zh' ? '小时' : 'h'],
    [Math.floor(seconds / 60) % 60, language === 'zh' ? '分' : 'min'],
    [seconds % 60, language === 'zh' ? '秒' : 's'],
  ] as const;
  const text = parts.flatMap(([count, unit]) => (count > 0 ? [`${count} ${unit}`] : [])).join(' ');
  return `${ms < 0 ? '-' : '+'}${text || parts[2].join(' ')}`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
