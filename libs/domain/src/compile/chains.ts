// Chained deadlines: the rule waited for must exist, have a due instant of its own per order, and not wait for itself.
import { ruleIdsOf } from './clock-start.js';
import type { Clock, RulebookFault, RuleVersion, Satisfaction, SatisfyTest } from '../rule.js';
import type { CompiledRule } from './compiled.js';
import { Reporter } from './reporter.js';

export function checkChains(rules: readonly CompiledRule[], faults: RulebookFault[]): void {
  const byId = new Map(rules.map((rule) => [rule.rule.id, rule]));
  for (const compiled of rules) {
    const at = new Reporter(
      compiled.document.rulebook,
      faults,
      `/rules/${compiled.document.rules.indexOf(compiled.rule)}`,
    );
    for (const ruleId of chainedTo(compiled)) {
      const target = byId.get(ruleId);
      if (!target) at.fault(`waits for rule ${ruleId}, which does not exist`, 'name a rule that is loaded');
      else if (target.perParcel) at.fault(`waits for rule ${ruleId}, which is per parcel`, 'chain on a rule per order');
      else if (waitsFor(target, compiled.rule.id, byId, new Set())) {
        at.fault(`waits for rule ${ruleId}, which waits for this one`, 'break the loop');
      }
    }
  }
}

function waitsFor(
  from: CompiledRule,
  ruleId: string,
  byId: ReadonlyMap<string, CompiledRule>,
  seen: Set<string>,
): boolean {
  if (from.rule.id === ruleId) return true;
  if (seen.has(from.rule.id)) return false;
  seen.add(from.rule.id);
  return [...chainedTo(from)].some((next) => {
    const target = byId.get(next);
    return target !== undefined && waitsFor(target, ruleId, byId, seen);
  });
}

function chainedTo({ versions }: CompiledRule): ReadonlySet<string> {
  const specs = versions.flatMap((version) => [
    version.spec,
    ...version.overlays.map((overlay) => overlay.version.spec),
  ]);
  return new Set(specs.flatMap(clocksOf).flatMap(({ start }) => (typeof start === 'object' ? ruleIdsOf(start) : [])));
}

function clocksOf(spec: RuleVersion): readonly Clock[] {
  const limits = spec.satisfiedBy ? testsOf(spec.satisfiedBy).flatMap((test) => [test.by, test.notBefore]) : [];
  const reversals = (spec.reversals ?? []).map((reversal) => reversal.by);
  return [spec.clock, ...limits, ...reversals].filter((clock) => clock !== undefined);
}

function testsOf(satisfaction: Satisfaction): readonly SatisfyTest[] {
  if ('anyOf' in satisfaction) return satisfaction.anyOf;
  return 'allOf' in satisfaction ? satisfaction.allOf : [satisfaction];
}
