// Explanation lines as sentences in English or Chinese. Times are shown in the line's zone with the zone named, money with its currency.
import type { ExplanationLine } from '../deadline.js';
import { minorText } from '../evaluate/formula.js';
import { StandingLine } from '../evaluate/trace.js';
import { dateText } from '../local-date.js';
import { toLocal } from '../zone.js';
import { TEMPLATES } from './templates.js';
import { WORDS } from './words.js';

export type ExplanationLanguage = 'en' | 'zh';

type Values = ExplanationLine['values'];

/** A template taken apart: text, a slot, or text that is left out while `name` is not set. */
type Part = string | { readonly name: string; readonly form: string } | { readonly name: string; readonly text: Parts };
type Parts = readonly Part[];

const PART = /\{(\w+)([@$~%=]?)\}|\{(\w+)\?((?:[^{}]|\{[^{}]*\})*)\}/g;

/** How texts come into a sentence: as they are, or as they stand between the quotes of JSON. */
interface Style {
  readonly written: (text: string) => string;
  readonly partsOf: Map<string, Parts>;
}
const PLAIN: Style = { written: (text) => text, partsOf: new Map() };
const JSON_TEXT: Style = { written: escaped, partsOf: new Map() };

/** One sentence. A code without a template (of a newer engine) is shown as it is with its values, never dropped. */
export function renderExplanation(line: ExplanationLine, language: ExplanationLanguage): string {
  if (line instanceof StandingLine) return (line.texts[language] ??= sentence(line, language, PLAIN));
  return sentence(line, language, PLAIN);
}

/**
 * The same as JSON. Most lines of a report are of rules and sources and are the same from order to order: those are given as bytes of UTF-8,
 * written once.
 */
export function explanationJson(line: ExplanationLine, language: ExplanationLanguage): string | Uint8Array {
  if (line instanceof StandingLine) return (line.jsons[language] ??= utf8.encode(quoted(line, language)));
  return quoted(line, language);
}

const utf8 = new TextEncoder();

function quoted(line: ExplanationLine, language: ExplanationLanguage): string {
  return `"${sentence(line, language, JSON_TEXT)}"`;
}

function sentence(line: ExplanationLine, language: ExplanationLanguage, style: Style): string {
  const template = TEMPLATES[line.code]?.[language];
  if (template === undefined) return style.written(`${line.code} ${JSON.stringify(line.values)}`);
  let parts = style.partsOf.get(template);
  if (!parts) style.partsOf.set(template, (parts = takenApart(template, style)));
  return filled(parts, line.values, language, style);
}

/** A text as JSON, quotes included: what `JSON.stringify` gives, faster where nothing is to be escaped. */
export function textJson(text: string): string {
  return `"${escaped(text)}"`;
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

function escaped(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

function takenApart(template: string, style: Style): Parts {
  const parts: Part[] = [];
  let end = 0;
  for (const match of template.matchAll(PART)) {
    const [all, name, form, condition, text] = match;
    if (match.index > end) parts.push(style.written(template.slice(end, match.index)));
    if (name !== undefined) parts.push({ name, form: form! });
    else parts.push({ name: condition!, text: takenApart(text!, style) });
    end = match.index + all.length;
  }
  if (end < template.length) parts.push(style.written(template.slice(end)));
  return parts;
}

function filled(parts: Parts, values: Values, language: ExplanationLanguage, style: Style): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if ('form' in part) text += slotText(part.name, part.form, values, language, style);
    else if (isSet(part.name, values)) text += filled(part.text, values, language, style);
  }
  return text;
}

/** An end of a range that equals its start says nothing. */
function isSet(name: string, values: Values): boolean {
  const value = values[name];
  return value !== undefined && value !== '' && !(name === 'to' && value === values['from']);
}

function slotText(
  name: string,
  form: string,
  values: Values,
  language: ExplanationLanguage,
  { written }: Style,
): string {
  const value = values[name];
  if (value === undefined) return '';
  if (form === '@') return instantText(Number(value), String(values['zone'] ?? 'UTC'));
  if (form === '$') return written(minorText(Number(value), String(values['currency'] ?? '')));
  if (form === '~') return durationText(Number(value), language);
  if (form === '%') return `${Math.round(Number(value) * 10_000) / 100}%`;
  if (form === '=') return written(renderFormula(String(value), language));
  return written(wordOf(name, String(value), language));
}

/** How a fine came about, such as `max(10.00 USD, 50% x 37.50 USD) = 18.75 USD, cap 200.00 USD`, from `formula` of a fine. */
export function renderFormula(formula: string, language: ExplanationLanguage): string {
  return formula.replaceAll(/\{(\w+)\}/g, (_slot, word: string) => wordOf('formula', word, language));
}

/** What a code is called, such as a `confidence`; the code itself where it has no name. */
export function wordOf(kind: string, code: string, language: ExplanationLanguage): string {
  return WORDS[kind]?.[code]?.[language] ?? code;
}

/** `2026-02-03 23:59:59 America/Los_Angeles (UTC-08:00)`. */
export function instantText(at: number, zone: string): string {
  const { date, secondOfDay, offsetMinutes } = toLocal(at, zone);
  const clock = `${twoDigits(secondOfDay / 3600)}:${twoDigits((secondOfDay / 60) % 60)}:${twoDigits(secondOfDay % 60)}`;
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
  const whole = Math.floor(value);
  return whole < 10 ? `0${whole}` : String(whole);
}
