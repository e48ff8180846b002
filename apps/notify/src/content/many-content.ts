// One mail about several deadlines of the same step: a pallet that was not scanned is one piece of news, not sixty.
import { formatMinor } from '#domain';
import type { ClaimedNotice } from '#storage';
import type { DeadlineFacts } from './deadline-facts.js';
import type { EmailContent } from './email-content.js';
import { escapeHtml, inZone, oneLine, span } from './format.js';
import type { Texts } from './texts.js';
import { TEXTS, actionFor } from './texts.js';

export interface Told {
  readonly notice: ClaimedNotice;
  readonly facts: DeadlineFacts;
}

/** The mail of notices of one recipient and step, the most urgent first. Nothing in it is trusted: names come from shops and carriers. */
export function contentOfMany(told: readonly Told[], now: number): EmailContent {
  const sorted = [...told].sort(
    (a, b) => a.notice.dueAt - b.notice.dueAt || b.notice.amountMinor - a.notice.amountMinor,
  );
  const first = sorted[0]!.notice;
  const texts = TEXTS[first.language];
  const head = [texts.left, texts.due, texts.order, texts.rule, texts.fine, texts.expected, texts.who];
  const rows = sorted.map((each) => rowOf(each, now, texts).map((value) => oneLine(value, 300)));
  const actions = new Set(sorted.map(({ notice, facts }) => actionFor(texts, facts.satisfiedBy, notice.step)));
  const closing = [...actions, ...(sorted.some(({ notice }) => notice.late) ? [texts.late] : [])];
  return {
    subject: subjectOf(sorted, now, texts),
    text: [...rows.map((row) => row.map((value, at) => `${head[at]}: ${value}`).join('\r\n')), ...closing, ''].join(
      '\r\n\r\n',
    ),
    html: htmlOf(head, rows, closing),
  };
}

function subjectOf(sorted: readonly Told[], now: number, texts: Texts): string {
  const { dueAt, step, language } = sorted[0]!.notice;
  const fines = totals(sorted.map(({ notice }) => notice));
  if (step === 'breach' || dueAt < now) return texts.subjectManyBreached(sorted.length, fines);
  return texts.subjectMany(sorted.length, span(dueAt - now, language), fines);
}

/** `31.50 USD + 12.00 EUR`. */
function totals(notices: readonly ClaimedNotice[]): string {
  const sums = new Map<string, number>();
  for (const { currency, amountMinor } of notices) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  return [...sums].map(([currency, minor]) => formatMinor(minor, currency)).join(' + ');
}

function rowOf({ notice, facts }: Told, now: number, texts: Texts): string[] {
  const leftMs = notice.dueAt - now;
  const left = span(leftMs, notice.language);
  return [
    leftMs < 0 ? `${texts.over} ${left}` : left,
    inZone(notice.dueAt, notice.timeZone),
    [`${notice.orderId} (${notice.platform})`, ...(notice.parcelId ? [notice.parcelId] : [])].join(', '),
    `${facts.title[notice.language]} (${notice.ruleId})`,
    formatMinor(notice.amountMinor, notice.currency),
    formatMinor(notice.expectedMinor, notice.currency),
    [notice.sellerId, notice.warehouseId, notice.carrier].map((name) => name ?? '-').join(' / '),
  ];
}

function htmlOf(head: readonly string[], rows: readonly string[][], closing: readonly string[]): string {
  const cells = (tag: string, values: readonly string[]): string =>
    `<tr>${values.map((value) => `<${tag} align="left" valign="top">${escapeHtml(value)}</${tag.split(' ')[0]}>`).join('')}</tr>`;
  const table = [cells('th scope="col"', head), ...rows.map((row) => cells('td', row))];
  return ['<table cellpadding="4">', ...table, '</table>', ...closing.map((note) => `<p>${escapeHtml(note)}</p>`)].join(
    '\r\n',
  );
}
