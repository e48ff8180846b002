import type { CompiledRulebook, LadderStep } from '#domain';
import { ladderSteps } from '#domain';
import type { DueStep, Transaction } from '#storage';
import { RulebookStore } from '#storage';
import type { RulebookHolder } from '#tracking';

type HoursOf = (due: DueStep) => readonly number[] | undefined;

/** Ladders of due deadlines, from the rule version that governs them; the default ladder where it names none or is gone. */
export class Ladders {
  private readonly store = new RulebookStore();

  constructor(private readonly holder: RulebookHolder) {}

  async load(transaction: Transaction, due: readonly DueStep[]): Promise<(due: DueStep) => readonly LadderStep[]> {
    const tenantIds = [...new Set(due.map(({ tenantId }) => tenantId))];
    const overlays = await this.store.overlays(transaction, tenantIds);
    const books = new Map<string, HoursOf>();
    for (const id of tenantIds) books.set(id, hoursIn(this.holder.forTenant(id, overlays.get(id) ?? [])));
    return (step) => ladderSteps(step.dueAt, step.startsAt, books.get(step.tenantId)?.(step));
  }
}

function hoursIn(rulebook: CompiledRulebook): HoursOf {
  return ({ ruleId, ruleVersion }) => {
    const versions = rulebook.rule(ruleId)?.versions ?? [];
    const all = versions.flatMap((version) => [version, ...version.overlays.map((overlay) => overlay.version)]);
    return all.find(({ spec }) => spec.version === ruleVersion)?.ladderHours;
  };
}
