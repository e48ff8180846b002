// Waivers published with a rulebook, compiled to the shape tenant waivers have too.
import type { RulebookDocument, WaiverSpec } from '../rule.js';
import type { CompiledWaiver, WaiverEffect } from './compiled.js';
import { MOMENTS } from './clock-start.js';
import { compileCondition } from './condition.js';
import { checkedZone, instantOr } from './dates.js';
import type { Reporter } from './reporter.js';

export function compileWaiver(waiver: WaiverSpec, document: RulebookDocument, at: Reporter): CompiledWaiver {
  const zone = checkedZone(waiver.zone, at.at('zone'));
  const from = instantOr(waiver.from, zone, 0, at.at('from'));
  const until = instantOr(waiver.until, zone, 0, at.at('until'));
  if (until <= from) at.at('until').fault('the waiver ends before it starts', 'put until after from; it is exclusive');
  const known = new Set(document.rules.map((rule) => rule.id));
  waiver.rules.forEach((ruleId, i) => {
    if (!known.has(ruleId)) at.at('rules', i).fault(`unknown rule: ${ruleId}`, 'name a rule of this rulebook');
  });
  return {
    id: waiver.id,
    spec: waiver,
    from,
    until,
    momentOf: waiver.pickedBy && MOMENTS[waiver.pickedBy],
    when: compileCondition(waiver.when, document.marketZone, at.at('when')),
    maxLateSeconds: (waiver.maxLateHours ?? Infinity) * 3600,
    effect: compileEffect(waiver.effect, zone, at.at('effect')),
    text: waiver.text,
    confidence: waiver.confidence,
  };
}

function compileEffect(effect: WaiverSpec['effect'], zone: string, at: Reporter): WaiverEffect {
  if (effect.kind !== 'fixed-due') return effect;
  return { kind: 'fixed-due', dueAt: instantOr(effect.due, zone, 0, at.at('due')) };
}
