// Checks over whole rules and rulebooks: versions side by side, sources, rates, ids, overlays.
import type { CalendarSource, Rule, RulebookDocument, RulebookFault, RuleOverlay } from '../rule.js';
import type { CompiledRate, CompiledRule, CompiledVersion } from './compiled.js';
import { instantOr } from './dates.js';
import { compileBound } from './rate-bound.js';
import { countedRules } from './rate-definition.js';
import { Reporter } from './reporter.js';
import { compileZone } from './zone-choice.js';

export function checkVersions(rule: Rule, versions: readonly CompiledVersion[], at: Reporter): void {
  if (versions.length === 0) at.fault('a rule without a version', 'add at least one version');
  if (new Set(rule.versions.map((version) => version.per ?? 'order')).size > 1) {
    at.fault('versions of one rule differ in `per`', 'give the per-parcel rule an id of its own');
  }
  versions.forEach((version, i) => {
    if (version.until <= version.from) {
      at.at(i, 'effective').fault('the version ends before it starts', 'put until after from; it is exclusive');
    }
    versions.slice(0, i).forEach((earlier, j) => {
      if (earlier.spec.version === version.spec.version) {
        at.at(i, 'version').fault(`version ${version.spec.version} twice`, 'name each version once');
      }
      if (!overlap(earlier, version)) return;
      at.at(i, 'effective').fault(
        `overlaps version ${earlier.spec.version} (versions/${j})`,
        'end one version where the next begins, or give them conditions',
      );
    });
  });
}

/** Versions picked by different moments, or told apart by conditions, may run side by side: the first that fits is taken. */
function overlap(a: CompiledVersion, b: CompiledVersion): boolean {
  const sameMoment = a.spec.effective.pickedBy === b.spec.effective.pickedBy;
  return sameMoment && !(a.spec.when && b.spec.when) && a.from < b.until && b.from < a.until;
}

export function checkSources(sources: readonly string[], document: RulebookDocument, at: Reporter): void {
  sources.forEach((source, i) => {
    if (!(source in document.sources)) at.at(i).fault(`unknown source: ${source}`, 'list it under `sources`');
  });
}

export function checkedRates(document: RulebookDocument, calendars: CalendarSource, at: Reporter): CompiledRate[] {
  const rules = new Set(document.rules.map((rule) => rule.id));
  const seen = new Set<string>();
  return (document.rates ?? []).map((definition, i) => {
    const place = at.at('rates', i);
    if (seen.has(definition.id)) place.at('id').fault(`rate ${definition.id} twice`, 'name each rate once');
    seen.add(definition.id);
    if (definition.windows.length === 0)
      place.at('windows').fault('a rate without a window', 'add at least one window');
    definition.windows.forEach((window, w) => {
      if (window.kind === 'rolling-days' && !(window.days !== undefined && window.days > 0)) {
        place.at('windows', w, 'days').fault('a rolling window without days', 'say how many days');
      }
      if (window.kind === 'rolling-months' && !(window.months !== undefined && window.months > 0)) {
        place.at('windows', w, 'months').fault('a rolling window without months', 'say how many months');
      }
    });
    const ruleIds = countedRules(definition);
    if (ruleIds.length > 1 && ruleIds.some(isCountOfItsOwn)) {
      place.at('counts', 'rule').fault('cancelled and scanned are counts of their own', 'name it alone');
    }
    for (const ruleId of ruleIds) {
      if (rules.has(ruleId) || isCountOfItsOwn(ruleId)) continue;
      place.at('counts', 'rule').fault(`unknown rule: ${ruleId}`, 'name a rule of this rulebook, cancelled or scanned');
    }
    definition.bands.forEach((band, b) => compileBound(band, place.at('bands', b)));
    if (definition.clears) compileBound(definition.clears, place.at('clears'));
    compileZone(definition.zone, { document, calendars }, place.at('zone'));
    for (const end of ['from', 'until'] as const) {
      instantOr(definition.effective?.[end], 'UTC', 0, place.at('effective', end));
    }
    checkSources(definition.sources, document, place.at('sources'));
    return { definition, document };
  });
}

function isCountOfItsOwn(ruleId: string): boolean {
  return ruleId === 'cancelled' || ruleId === 'scanned';
}

export function checkIds(rules: readonly CompiledRule[], faults: RulebookFault[]): void {
  const seen = new Map<string, string>();
  for (const { rule, document } of rules) {
    const known = seen.get(rule.id);
    if (known === undefined) seen.set(rule.id, document.rulebook);
    else {
      const at = new Reporter(document.rulebook, faults, '/rules');
      at.fault(`rule id ${rule.id} is used in ${known} already`, 'give every rule an id of its own');
    }
  }
}

export function checkOverlays(
  overlays: readonly RuleOverlay[],
  rules: readonly CompiledRule[],
  faults: RulebookFault[],
): void {
  const known = new Set(rules.map(({ rule }) => rule.id));
  for (const overlay of overlays) {
    if (known.has(overlay.ruleId)) continue;
    const at = new Reporter(`overlay ${overlay.overlayId}`, faults, '/ruleId');
    at.fault(`unknown rule: ${overlay.ruleId}`, 'name a rule of a loaded rulebook');
  }
}
