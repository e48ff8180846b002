// Point balances of shops: what the platforms issued, and what deadlines cost by the rules.
import type { pointsAnswer } from '#contracts';
import type { CompiledRule, Effect, PointsBalance } from '#domain';
import { pointBalances, pointEntries, renderExplanation } from '#domain';
import { PointStore } from '#storage';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { PersonalRecord } from '../personal-record.js';
import { effectView } from './effect-view.js';

type PointsRow = z.output<typeof pointsAnswer>['rows'][number];

@Injectable()
export class PointsService {
  private readonly store = new PointStore();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  async list(person: Person, shop: string | undefined): Promise<PointsRow[]> {
    const { base } = this.options.rulebooks;
    const now = this.options.clock.now();
    const effects = pointedVersions(
      base.documents.flatMap((document) => document.rules).map(({ id }) => base.rule(id)!),
    );
    const { issued, reported, stored } = await this.record.as(person, async (transaction) => ({
      ...(await this.store.load(transaction, shop)),
      stored: await this.store.deadlines(
        transaction,
        [...new Set([...effects.values()].map(({ ruleId }) => ruleId))],
        shop,
      ),
    }));
    const deadlines = stored.map(({ ruleVersion, ...deadline }) => {
      return { ...deadline, effects: effects.get(versionKey(deadline.ruleId, ruleVersion))?.effects ?? [] };
    });
    return base.points.flatMap((points) => {
      const { title } = points.definition;
      const entries = pointEntries(points, issued, deadlines, now);
      return pointBalances(points, entries, reported, now).map((balance) => pointsView(balance, title));
    });
  }
}

/** Effects of the rule versions that cost points, by rule and version. */
function pointedVersions(
  rules: readonly CompiledRule[],
): ReadonlyMap<string, { ruleId: string; effects: readonly Effect[] }> {
  const versions = rules.flatMap((rule) => rule.versions);
  const pointed = versions.filter(({ effects }) => effects.some(({ values }) => values['balance'] !== undefined));
  return new Map(
    pointed.map(({ rule, spec, effects }) => [versionKey(rule.id, spec.version), { ruleId: rule.id, effects }]),
  );
}

function versionKey(ruleId: string, version: string): string {
  return `${ruleId}\n${version}`;
}

function pointsView(balance: PointsBalance, title: PointsRow['title']): PointsRow {
  const { next, nextLapse, effects, measuredAt, explanation, ...plain } = balance;
  return {
    ...plain,
    title,
    measuredAt: new Date(measuredAt).toISOString(),
    effects: effects.map(effectView),
    next: next ? { ...next, effects: next.effects.map(effectView) } : null,
    nextLapse: nextLapse ? { at: new Date(nextLapse.at).toISOString(), points: nextLapse.points } : null,
    explanation: {
      en: explanation.map((line) => renderExplanation(line, 'en')),
      zh: explanation.map((line) => renderExplanation(line, 'zh')),
    },
  };
}
