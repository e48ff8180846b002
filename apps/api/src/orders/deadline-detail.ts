// One deadline of the domain unfolded for people: sentences in both languages, and where its rule comes from.
import type { DeadlineDetail } from '#contracts';
import type { Deadline, ProjectedFine, RulebookDocument } from '#domain';
import { renderExplanation, renderFormula } from '#domain';
import { sourcesOf } from '../rulebooks/rule-views.js';

const instant = (at: number): string => new Date(at).toISOString();
const maybeInstant = (at: number | undefined): string | null => (at === undefined ? null : instant(at));

/** `documents` are the rulebooks in force, for sources and assumptions. */
export function deadlineDetail(deadline: Deadline, documents: readonly RulebookDocument[]): DeadlineDetail {
  const { orderId, ruleId, ruleVersion, title, platform, market, status, stage, governedBy, zone } = deadline;
  return {
    ...{ orderId, ruleId, ruleVersion, title, platform, market, status, stage, governedBy, zone },
    parcelId: deadline.parcelId ?? null,
    startsAt: instant(deadline.startsAt),
    dueAt: instant(deadline.dueAt),
    computedDueAt: maybeInstant(deadline.computedDueAt),
    platformDueAt: maybeInstant(deadline.platformDueAt),
    differenceMs: deadline.differenceMs ?? null,
    satisfiedAt: maybeInstant(deadline.satisfiedAt),
    fine: fineView(deadline.fine),
    effects: deadline.effects.map(({ kind, values }) => ({ kind, values: { ...values } })),
    ladder: deadline.ladder.map(({ step, at }) => ({ step, at: instant(at) })),
    explanation: {
      en: deadline.explanation.map((line) => renderExplanation(line, 'en')),
      zh: deadline.explanation.map((line) => renderExplanation(line, 'zh')),
    },
    ...provenance(deadline, documents),
  };
}

function fineView(fine: ProjectedFine): DeadlineDetail['fine'] {
  const { amountMinor, expectedMinor, currency, chance, formula, confidence, milestones, gate } = fine;
  return {
    ...{ amountMinor, expectedMinor, currency, chance, confidence },
    formula: { en: renderFormula(formula, 'en'), zh: renderFormula(formula, 'zh') },
    milestones: milestones.map(({ at, amountMinor: due }) => ({ at: instant(at), amountMinor: due })),
    gate: gate ? { ...gate, rate: gate.rate ?? null } : null,
  };
}

function provenance(
  { ruleId, ruleVersion }: Deadline,
  documents: readonly RulebookDocument[],
): Pick<DeadlineDetail, 'assumed' | 'sources'> {
  for (const document of documents) {
    const rule = document.rules.find(({ id }) => id === ruleId);
    const version = rule?.versions.find((candidate) => candidate.version === ruleVersion);
    if (version) return { assumed: [...(version.assumed ?? [])], sources: sourcesOf(document, version) };
  }
  return { assumed: [], sources: [] };
}
