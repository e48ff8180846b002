import { renderFormula } from '#domain';
import { escapeHtml, oneLine } from './format.js';
import type { Texts } from './texts.js';
import { TEXTS } from './texts.js';
import type { Account, Cell, Told } from './told.js';
import { accountOf, cellHtml, cellText, htmlPage } from './told.js';

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
  const lines = linesOf(told, account, texts).map((line) => ({ ...line, value: oneLine(line.value, 500) }));
  const closing = notice.late ? [texts.late] : [];
  return {
    subject: subjectOf(told, account, texts),
    text: [...lines.map((line) => `${line.label}: ${cellText(line)}`), ...closing, ''].join('\r\n'),
    html: htmlPage(lines.map(cellsOf), closing),
  };
}

function subjectOf({ notice }: Told, { isBreach, span, fine }: Account, texts: Texts): string {
  const order = oneLine(notice.orderId, 80);
  const subject = isBreach ? texts.subjectBreached(order, fine) : texts.subject(order, span, fine);
  return notice.isReminder ? texts.reminder(subject) : subject;
}

interface Line extends Cell {
  readonly label: string;
}

function linesOf({ notice, facts, url }: Told, account: Account, texts: Texts): Line[] {
  return [
    { label: texts.order, value: account.order, url },
    ...(notice.parcelId ? [{ label: texts.parcel, value: notice.parcelId }] : []),
    { label: texts.rule, value: account.rule },
    { label: texts.due, value: account.due },
    { label: account.isOver ? texts.over : texts.left, value: account.span },
    { label: texts.fine, value: account.fine },
    { label: texts.expected, value: account.expected },
    { label: texts.formula, value: renderFormula(facts.deadline.fine.formula, notice.language) },
    { label: texts.who, value: account.who },
    { label: texts.toDo, value: account.toDo },
  ];
}

function cellsOf(line: Line): string {
  return `<th align="left" valign="top">${escapeHtml(line.label)}</th><td>${cellHtml(line)}</td>`;
}
