import { escapeHtml, oneLine } from './format.js';
import type { Texts } from './texts.js';
import { TEXTS } from './texts.js';
import type { Account, Told } from './told.js';
import { accountOf, htmlPage } from './told.js';

export interface EmailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail of a notice in its recipient's language and time zone. Nothing in it is trusted: names come from shops and carriers. */
export function emailContent(told: Told, now: number): EmailContent {
  const { notice } = told;
  const texts = TEXTS[notice.language];
  const account = accountOf(told, now, texts);
  const lines = linesOf(told, account, texts).map(([label, value]) => [label, oneLine(value, 500)] as const);
  const closing = notice.late ? [texts.late] : [];
  return {
    subject: subjectOf(told, account, texts),
    text: [...lines.map(([label, value]) => `${label}: ${value}`), ...closing, ''].join('\r\n'),
    html: htmlPage(lines.map(cellsOf), closing),
  };
}

function subjectOf({ notice }: Told, { isBreach, span, fine }: Account, texts: Texts): string {
  const order = oneLine(notice.orderId, 80);
  const subject = isBreach ? texts.subjectBreached(order, fine) : texts.subject(order, span, fine);
  return notice.isReminder ? texts.reminder(subject) : subject;
}

type Line = readonly [label: string, value: string];

function linesOf({ notice, facts }: Told, account: Account, texts: Texts): Line[] {
  return [
    [texts.order, account.order],
    ...(notice.parcelId ? [[texts.parcel, notice.parcelId] as const] : []),
    [texts.rule, account.rule],
    [texts.due, account.due],
    [account.isOver ? texts.over : texts.left, account.span],
    [texts.fine, account.fine],
    [texts.expected, account.expected],
    [texts.formula, facts.deadline.fine.formula],
    [texts.who, account.who],
    [texts.toDo, account.toDo],
  ];
}

function cellsOf([label, value]: Line): string {
  return `<th align="left" valign="top">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td>`;
}
