import { randomUUID } from 'node:crypto';
import type { BacktestDetail, BacktestRequest } from '#contracts';
import type { ChangedDeadline, RulebookDocument } from '#domain';
import { readRulebookText } from '#rulebook';
import type { BacktestDraft, BacktestRow, StoredReport, Transaction } from '#storage';
import { AuditStore, BacktestStore, RulebookStore } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { PersonalRecord, notFound } from '../personal-record.js';
import { compiledDraft, refused, signedOverlay } from './overlay-draft.js';

type Row = Omit<BacktestDetail, 'report'>;
const MOST_LISTED = 50;

@Injectable()
export class BacktestsService {
  private readonly backtests = new BacktestStore();
  private readonly rulebooks = new RulebookStore();
  private readonly audit = new AuditStore();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** Checks the draft and writes the row; the worker's sweep finds it there and needs no word from us. */
  async request(person: Person, { from, to, ...draft }: BacktestRequest): Promise<Row> {
    const { tenantId, name } = person;
    const asOf = this.options.clock.now();
    const backtestId = randomUUID();
    return this.record.as(person, async (transaction) => {
      const checked = await this.check(transaction, person, draft, asOf);
      const asked = { backtestId, tenantId, draft: checked, from, until: to, asOf, requestedBy: name };
      await this.backtests.create(transaction, asked);
      const subject = `backtest/${backtestId}`;
      await this.audit.add(transaction, { tenantId, actor: name, action: 'backtest.request', subject });
      return rowView((await this.backtests.find(transaction, backtestId))!);
    });
  }

  async list(person: Person): Promise<Row[]> {
    const rows = await this.record.as(person, (transaction) => this.backtests.list(transaction, MOST_LISTED));
    return rows.map(rowView);
  }

  async detail(person: Person, backtestId: string): Promise<BacktestDetail> {
    const found = await this.record.as(person, (transaction) => this.backtests.find(transaction, backtestId));
    if (!found) throw notFound('backtest');
    return { ...rowView(found), report: found.report && reportView(found.report) };
  }

  private async check(
    transaction: Transaction,
    { tenantId, name }: Person,
    { rulebook, overlay }: Pick<BacktestRequest, 'rulebook' | 'overlay'>,
    asOf: number,
  ): Promise<BacktestDraft> {
    const inForce = (await this.rulebooks.overlays(transaction, [tenantId])).get(tenantId) ?? [];
    if (overlay) {
      const signature = { tenantId, signedBy: name, signedAt: new Date(asOf).toISOString() };
      const signed = signedOverlay(overlay, signature, '/overlay');
      compiledDraft(this.options.rulebooks, inForce, { overlay: signed, within: '/overlay' });
      return { overlay: signed };
    }
    const text = rulebook ?? '';
    compiledDraft(this.options.rulebooks, inForce, { documents: [documentOf(text)], within: '/rulebook' });
    return { rulebook: text };
  }
}

function documentOf(text: string): RulebookDocument {
  const read = readRulebookText(text, 'draft');
  if (!read.value) throw refused('rulebook', read.faults, '/rulebook');
  return read.value;
}

function rowView({ until, ...row }: BacktestRow & { readonly report?: unknown }): Row {
  const { report: _report, ...shown } = row;
  return { ...shown, to: until };
}

function reportView(report: StoredReport): NonNullable<BacktestDetail['report']> {
  return {
    ...report,
    groups: report.groups.map((group) => ({ ...group, examples: group.examples.map(exampleView) })),
    totals: [...report.totals],
  };
}

type Example = NonNullable<BacktestDetail['report']>['groups'][number]['examples'][number];

function exampleView({ orderId, parcelId, before, after, differenceMinor }: ChangedDeadline): Example {
  const view = (part: ChangedDeadline['before']) =>
    part ? { ...part, dueAt: new Date(part.dueAt).toISOString() } : null;
  return { orderId, parcelId: parcelId ?? null, before: view(before), after: view(after), differenceMinor };
}
