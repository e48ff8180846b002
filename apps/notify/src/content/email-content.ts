import { formatMinor } from '#domain';
import type { ClaimedNotice } from '#storage';
import type { DeadlineFacts } from './deadline-facts.js';
import { escapeHtml, inZone, oneLine, span } from './format.js';
import type { Texts } from './texts.js';
import { TEXTS, actionFor } from './texts.js';

export interface EmailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail of a notice in its recipient's language and time zone. Nothing in it is trusted: names come from shops and carriers. */
export function emailContent(notice: ClaimedNotice, facts: DeadlineFacts, now: number): EmailContent {
  const texts = TEXTS[notice.language];
  const lines = linesOf(notice, facts, now, texts).map(([label, value]) => [label, oneLine(value, 500)] as const);
  const closing = notice.late ? [texts.late] : [];
  return {
    subject: subjectOf(notice, now, texts),
    text: [...lines.map(([label, value]) => `${label}: ${value}`), ...closing, ''].join('\r\n'),
    html: htmlOf(lines, closing),
  };
}

function subjectOf(notice: ClaimedNotice, now: number, texts: Texts): string {
  const fine = formatMinor(notice.amountMinor, notice.currency);
  const order = oneLine(notice.orderId, 80);
  const leftMs = notice.dueAt - now;
  const isOver = notice.step === 'breach' || leftMs < 0;
  return isOver ? texts.subjectBreached(order, fine) : texts.subject(order, span(leftMs, notice.language), fine);
}

type Line = readonly [label: string, value: string];

function linesOf(
  notice: ClaimedNotice,
  { deadline, title, satisfiedBy }: DeadlineFacts,
  now: number,
  texts: Texts,
): Line[] {
  const leftMs = notice.dueAt - now;
  const money = (minor: number): string => formatMinor(minor, notice.currency);
  return [
    [texts.order, `${notice.orderId} (${notice.platform})`],
    ...(notice.parcelId ? [[texts.parcel, notice.parcelId] as const] : []),
    [texts.rule, `${title[notice.language]} (${notice.ruleId})`],
    [texts.due, inZone(notice.dueAt, notice.timeZone)],
    [leftMs < 0 ? texts.over : texts.left, span(leftMs, notice.language)],
    [texts.fine, money(notice.amountMinor)],
    [texts.expected, money(notice.expectedMinor)],
    [texts.formula, deadline.fine.formula],
    [texts.who, [notice.sellerId, notice.warehouseId, notice.carrier].map((name) => name ?? '-').join(' / ')],
    [texts.toDo, actionFor(texts, satisfiedBy, notice.step)],
  ];
}

function htmlOf(lines: readonly Line[], closing: readonly string[]): string {
  const row = ([label, value]: Line): string =>
    `<tr><th align="left" valign="top">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`;
  const notes = closing.map((note) => `<p>${escapeHtml(note)}</p>`);
  return ['<table cellpadding="4">', ...lines.map(row), '</table>', ...notes].join('\r\n');
}
