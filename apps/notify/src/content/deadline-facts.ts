// What the record does not keep, worked out anew: how the fine came about and what would still save the order.
import type { Bilingual, CompiledRulebook, Deadline, RuleVersion, Satisfaction, SatisfyingEvent } from '#domain';
import { evaluateOrder, orderFacts } from '#domain';
import type { ClaimedNotice, DataSource, StoredOrder } from '#storage';
import { asPerson, loadOrder, withService } from '#storage';
import type { RulebookHolder } from '#tracking';
import { TenantFactsLoader } from '#tracking';

export interface DeadlineFacts {
  readonly deadline: Deadline;
  readonly title: Bilingual;
  /** Any of these, in the rule's order, meets the deadline. */
  readonly satisfiedBy: readonly SatisfyingEvent[];
}

export class DeadlineReader {
  private readonly facts: TenantFactsLoader;

  constructor(
    private readonly dataSource: DataSource,
    rulebooks: RulebookHolder,
  ) {
    this.facts = new TenantFactsLoader(rulebooks);
  }

  /** The notice's deadline judged at `asOf`; undefined when the order or the rule is gone. */
  async read(notice: ClaimedNotice, asOf: number): Promise<DeadlineFacts | undefined> {
    const { tenantId, orderId, ruleId, parcelId } = notice;
    const ops = { tenantId, role: 'ops', name: 'notify' } as const;
    const stored = await asPerson(this.dataSource, ops, (transaction) => loadOrder(transaction, orderId));
    if (!stored) return undefined;
    const { deadlines, versionOf } = await this.evaluate(stored, asOf);
    const deadline = deadlines.find((each) => each.ruleId === ruleId && (each.parcelId ?? null) === parcelId);
    if (!deadline) return undefined;
    const satisfiedBy = eventsOf(versionOf(deadline)?.satisfiedBy);
    return { deadline, title: deadline.title, satisfiedBy };
  }

  private async evaluate(
    { state, parcels }: StoredOrder,
    asOf: number,
  ): Promise<{ deadlines: readonly Deadline[]; versionOf: (deadline: Deadline) => RuleVersion | undefined }> {
    const facts = await withService(this.dataSource, (transaction) => this.facts.load(transaction, [state]));
    const rulebook = facts.rulebookOf(state.tenantId);
    const shipment = { order: state, facts: orderFacts(state), parcels };
    return {
      deadlines: evaluateOrder(shipment, rulebook, facts.contextOf(state, asOf)),
      versionOf: (deadline) => versionOf(rulebook, state.tenantId, deadline),
    };
  }
}

/** The version that governs, or what the tenant's overlay made of it. */
function versionOf(rulebook: CompiledRulebook, tenantId: string, deadline: Deadline): RuleVersion | undefined {
  const { ruleId, ruleVersion, overlayId } = deadline;
  const version = rulebook.rule(ruleId)?.versions.find(({ spec }) => spec.version === ruleVersion);
  const overlaid = version?.overlays.find(
    ({ overlay }) => overlay.tenantId === tenantId && overlay.overlayId === overlayId,
  );
  return (overlaid?.version ?? version)?.spec;
}

function eventsOf(satisfaction: Satisfaction | undefined): SatisfyingEvent[] {
  if (!satisfaction) return [];
  if ('event' in satisfaction) return [satisfaction.event];
  return ('anyOf' in satisfaction ? satisfaction.anyOf : satisfaction.allOf).map(({ event }) => event);
}
