// What a mail says of one notice, whether it stands alone or among others.
import { formatMinor } from '#domain';
import type { ClaimedNotice } from '#storage';
import type { DeadlineFacts } from './deadline-facts.js';
import { escapeHtml, inZone, span } from './format.js';
import type { Texts } from './texts.js';
import { actionFor } from './texts.js';

export interface Told {
  readonly notice: ClaimedNotice;
  readonly facts: DeadlineFacts;
  /** Of its order in the page. */
  readonly url: string | undefined;
}

export interface Account {
  readonly order: string;
  readonly rule: string;
  readonly due: string;
  readonly isOver: boolean;
  /** Told as a breach: it is over, or is taken for it. */
  readonly isBreach: boolean;
  /** Time left, or since it is over. */
  readonly span: string;
  readonly fine: string;
  readonly expected: string;
  readonly who: string;
  readonly toDo: string;
}

/** Where the page shows an order; undefined where no address of the page is known. */
export function orderUrl(pageUrl: string | undefined, orderId: string): string | undefined {
  if (pageUrl === undefined) return undefined;
  const url = new URL(pageUrl);
  url.searchParams.set('order', orderId);
  return url.href;
}

/** In the language and time zone of the recipient, whose `texts` these are. */
export function accountOf({ notice, facts }: Told, now: number, texts: Texts): Account {
  const { dueAt, currency, language, step } = notice;
  const isOver = dueAt < now;
  return {
    order: `${notice.orderId} (${notice.platform})`,
    rule: `${facts.title[language]} (${notice.ruleId})`,
    due: inZone(dueAt, notice.timeZone),
    isOver,
    isBreach: isOver || step === 'breach',
    span: span(dueAt - now, language),
    fine: formatMinor(notice.amountMinor, currency),
    expected: formatMinor(notice.expectedMinor, currency),
    who: [notice.sellerId, notice.warehouseId, notice.carrier].map((name) => name ?? '-').join(' / '),
    toDo: actionFor(texts, facts.satisfiedBy, step),
  };
}

/** A value and the address it leads to, if any. */
export interface Cell {
  readonly value: string;
  readonly url?: string;
}

export function cellText({ value, url }: Cell): string {
  return url === undefined ? value : `${value} <${url}>`;
}

export function cellHtml({ value, url }: Cell): string {
  return url === undefined ? escapeHtml(value) : `<a href="${escapeHtml(url)}">${escapeHtml(value)}</a>`;
}

/** A table of rows of cells in HTML, and a paragraph for each closing note, which is text. */
export function htmlPage(rows: readonly string[], closing: readonly string[]): string {
  const notes = closing.map((note) => `<p>${escapeHtml(note)}</p>`);
  return ['<table cellpadding="4">', ...rows.map((cells) => `<tr>${cells}</tr>`), '</table>', ...notes].join('\r\n');
}
