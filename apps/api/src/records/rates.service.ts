// Rates as stored, beside what their definition says: the next band and its effects, and the money that gates hold back.
import type { ratesAnswer } from '#contracts';
import type { CompiledRate, RateDefinition } from '#domain';
import { countedDays, gateBound, isBelieved, nextBand, periodOf, rateDay, zonedRate } from '#domain';
import type { StoredRate, Transaction } from '#storage';
import { gatedMoney, listRates } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { PersonalRecord } from '../personal-record.js';
import { effectView } from './effect-view.js';

type RateRow = z.output<typeof ratesAnswer>['rows'][number];
type Gated = RateRow['gated'][number];
type GatedOfShop = Gated & { readonly shopId: string };
const DAY_MS = 86_400_000;

@Injectable()
export class RatesService {
  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  list(person: Person, shop: string | undefined): Promise<RateRow[]> {
    return this.record.as(person, async (transaction) => {
      const now = this.options.clock.now();
      const definitions = new Map(this.options.rulebooks.base.rates.map((rate) => [rate.definition.id, rate]));
      const stored = (await listRates(transaction, shop)).filter(
        (row) => row.origin === 'reported' || isRunning(row, definitions.get(row.rateId), now),
      );
      const waiting = new Map<string, readonly GatedOfShop[]>();
      for (const rateId of new Set(stored.map((row) => row.rateId))) {
        const rate = definitions.get(rateId);
        if (rate) waiting.set(rateId, await this.moneyBehind(transaction, rate));
      }
      const running = stored.filter((row) => isRunning(row, definitions.get(row.rateId), now));
      return stored.map((row) => {
        const view = rateView(row, definitions.get(row.rateId), waiting.get(row.rateId) ?? []);
        return { ...view, inUse: running.includes(row) && isInUse(row, running, now) };
      });
    });
  }

  /** What the rate's gates hold back, of deadlines still open or due within its windows. */
  private async moneyBehind(transaction: Transaction, rate: CompiledRate): Promise<readonly GatedOfShop[]> {
    const { id } = rate.definition;
    const rules = this.options.rulebooks.base.documents.flatMap((document) => document.rules);
    const gates = rules.flatMap((rule) =>
      rule.versions.flatMap(({ version, penalty }) =>
        penalty?.gate?.rate === id ? [{ ruleId: rule.id, version, ...gateBound(penalty.gate) }] : [],
      ),
    );
    if (gates.length === 0) return [];
    const now = this.options.clock.now();
    const today = rateDay(rate, now);
    const { first } = countedDays(rate.definition, today);
    const ruleIds = gates.map(({ ruleId }) => ruleId);
    const held = await gatedMoney(transaction, ruleIds, now - (today - first + 1) * DAY_MS);
    return held.flatMap(({ ruleVersion, ...sum }) => {
      const gate = gates.find(({ ruleId, version }) => ruleId === sum.ruleId && version === ruleVersion);
      return gate ? [{ ...sum, threshold: gate.threshold, comparison: gate.comparison }] : [];
    });
  }
}

function countedBy({ counts }: RateDefinition): RateRow['counts'] {
  if (!counts) return null;
  const { rule, unit } = counts;
  return { what: rule === 'cancelled' ? 'cancelled' : rule === 'scanned' ? 'untracked' : 'late', unit };
}

/** Whether the measurement is of the running week or month, where the rate is of one. */
function isRunning({ measuredAt }: StoredRate, rate: CompiledRate | undefined, now: number): boolean {
  return !rate || periodOf(zonedRate(rate), Date.parse(measuredAt)) === periodOf(zonedRate(rate), now);
}

/** Of a rate and shop the platform's word while it is believed, else our own count where there is one. */
function isInUse(row: StoredRate, rows: readonly StoredRate[], now: number): boolean {
  const same = rows.filter(({ rateId, shopId }) => rateId === row.rateId && shopId === row.shopId);
  const told = same.find(({ origin }) => origin === 'reported');
  if (same.length === 1 || !told) return true;
  const nextEvaluationAt = told.nextEvaluationAt === null ? undefined : Date.parse(told.nextEvaluationAt);
  const believed = isBelieved({ measuredAt: Date.parse(told.measuredAt), nextEvaluationAt }, now);
  return (row === told) === believed;
}

function rateView(
  row: StoredRate,
  rate: CompiledRate | undefined,
  money: readonly GatedOfShop[],
): Omit<RateRow, 'inUse'> {
  const { band, effects, ...shown } = row;
  const next = rate && nextBand(rate.definition, band ?? undefined);
  const own = money.filter(({ shopId }) => shopId === row.shopId);
  return {
    ...shown,
    title: rate?.definition.title ?? null,
    counts: rate ? countedBy(rate.definition) : null,
    windows: rate?.definition.windows.map((window) => ({ ...window })) ?? [],
    inBand: band !== null,
    effects: (effects ?? []).map(effectView),
    next: next ? { ...next, effects: next.effects.map(effectView) } : null,
    gated: own.map(({ shopId: _shopId, ...gated }) => gated),
  };
}
