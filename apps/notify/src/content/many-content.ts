// One mail about several deadlines of the same step: a pallet that was not scanned is one piece of news, not sixty.
import { formatMinor } from '#domain';
import type { ClaimedNotice } from '#storage';
import type { EmailContent } from './email-content.js';
import { escapeHtml, oneLine } from './format.js';
import type { Texts } from './texts.js';
import { TEXTS } from './texts.js';
import type { Account, Cell, Told } from './told.js';
import { accountOf, cellHtml, cellText, htmlPage } from './told.js';

/** The mail of notices of one recipient and step, the most urgent first. Nothing in it is trusted: names come from shops and carriers. */
export function contentOfMany(told: readonly Told[], now: number): EmailContent {
  const sorted = [...told].sort(
    (a, b) => a.notice.dueAt - b.notice.dueAt || b.notice.amountMinor - a.notice.amountMinor,
  );
  const notices = sorted.map(({ notice }) => notice);
  const texts = TEXTS[notices[0]!.language];
  const accounts = sorted.map((each) => accountOf(each, now, texts));
  const head = [texts.left, texts.due, texts.order, texts.rule, texts.fine, texts.expected, texts.who];
  const rows = accounts.map((account, at) => rowOf(sorted[at]!, account, texts));
  const actions = new Set(accounts.map(({ toDo }) => toDo));
  const closing = [...actions, ...(notices.some(({ late }) => late) ? [texts.late] : [])];
  const paragraphs = rows.map((row) => row.map((cell, at) => `${head[at]}: ${cellText(cell)}`).join('\r\n'));
  return {
    subject: subjectOf(notices, accounts[0]!, texts),
    text: [...paragraphs, ...closing, ''].join('\r\n\r\n'),
    html: htmlPage(
      [cells('th', head.map(escapeHtml), ' scope="col"'), ...rows.map((row) => cells('td', row.map(cellHtml)))],
      closing,
    ),
  };
}

function subjectOf(notices: readonly ClaimedNotice[], { isBreach, span }: Account, texts: Texts): string {
  const fines = totals(notices);
  const subject = isBreach
    ? texts.subjectManyBreached(notices.length, fines)
    : texts.subjectMany(notices.length, span, fines);
  return notices.every(({ isReminder }) => isReminder) ? texts.reminder(subject) : subject;
}

/** `31.50 USD + 12.00 EUR`. */
function totals(notices: readonly ClaimedNotice[]): string {
  const sums = new Map<string, number>();
  for (const { currency, amountMinor } of notices) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  return [...sums].map(([currency, minor]) => formatMinor(minor, currency)).join(' + ');
}

/** In the order of the head. */
function rowOf({ notice, url }: Told, account: Account, texts: Texts): Cell[] {
  const { due, rule, fine, expected, who } = account;
  const left = account.isOver ? `${texts.over} ${account.span}` : account.span;
  const order = notice.parcelId ? `${account.order}, ${notice.parcelId}` : account.order;
  const cell = (value: string, to?: string): Cell => ({ value: oneLine(value, 300), url: to });
  return [cell(left), cell(due), cell(order, url), cell(rule), cell(fine), cell(expected), cell(who)];
}

function cells(tag: 'th' | 'td', htmls: readonly string[], attributes = ''): string {
  return htmls.map((html) => `<${tag}${attributes} align="left" valign="top">${html}</${tag}>`).join('');
}
