// Rulebook documents to something that can be evaluated, or every fault in them at once: never half a rulebook.
import type { CalendarSource, Rule, RulebookDocument, RulebookFault, RuleOverlay } from '../rule.js';
import { checkChains } from './chains.js';
import { countedRules } from './rate-definition.js';
import { compileBound } from './rate-bound.js';
import type { CompiledRate, CompiledRule, CompiledRulebook, CompiledVersion } from './compiled.js';
import { calendarOf, type Scope } from './scope.js';
import { checkedZone } from './dates.js';
import { isCurrency } from '../currency.js';
import { Reporter } from './reporter.js';
import { compileVersion } from './version.js';
import { compileWaiver } from './waiver.js';
import { compileZone } from './zone-choice.js';

export type Compiled = { readonly rulebook: CompiledRulebook } | { readonly faults: readonly RulebookFault[] };

/**
 * Compiles all documents together (rule ids are unique over all of them, chains may cross files). `file` of a fault is the rulebook's
 * name, `path` a JSON pointer into the document. Overlays name their rule; one for a rule that does not exist is a fault.
 */
export function compileRulebooks(
  documents: readonly RulebookDocument[],
  overlays: readonly RuleOverlay[],
  calendars: CalendarSource,
): Compiled {
  const faults: RulebookFault[] = [];
  const rateIds = new Set(documents.flatMap((document) => (document.rates ?? []).map((rate) => rate.id)));
  const rules = documents.flatMap((document) =>
    compileDocument({ document, calendars }, overlays, rateIds, new Reporter(document.rulebook, faults)),
  );
  const rates = documents.flatMap((document) =>
    checkedRates(document, calendars, new Reporter(document.rulebook, faults)),
  );
  checkIds(rules, faults);
  checkChains(rules, faults);
  checkOverlays(overlays, rules, faults);
  return faults.length > 0 ? { faults } : { rulebook: rulebookOf(documents, rules, rates) };
}

function compileDocument(
  scope: Scope,
  overlays: readonly RuleOverlay[],
  rateIds: ReadonlySet<string>,
  at: Reporter,
): CompiledRule[] {
  const { document } = scope;
  checkedZone(document.marketZone, at.at('marketZone'));
  compileZone(document.zone, scope, at.at('zone'));
  calendarOf(scope, document.calendar, at.at('calendar'));
  if (!isCurrency(document.currency))
    at.at('currency').fault(`unknown currency: ${document.currency}`, 'use an ISO 4217 code');
  const waivers = (document.waivers ?? []).map((waiver, i) => ({
    rules: new Set(waiver.rules),
    compiled: compileWaiver(waiver, document, at.at('waivers', i)),
  }));
  return document.rules.map((rule, i) => {
    const place = at.at('rules', i);
    const parts = {
      rule,
      scope,
      rateIds,
      waivers: waivers.filter((waiver) => waiver.rules.has(rule.id)).map((waiver) => waiver.compiled),
      overlays: overlays
        .filter((overlay) => overlay.ruleId === rule.id)
        .map((overlay) => ({ overlay, at: place.at(`overlay ${overlay.overlayId}`) })),
    };
    const versions = rule.versions.map((version, v) => {
      checkSources(version.sources, document, place.at('versions', v, 'sources'));
      return compileVersion(version, parts, place.at('versions', v));
    });
    checkVersions(rule, versions, place.at('versions'));
    const perParcel = rule.versions.some((version) => version.per === 'parcel');
    return { rule, document, perParcel, firstMatch: document.match === 'first', versions };
  });
}

function checkVersions(rule: Rule, versions: readonly CompiledVersion[], at: Reporter): void {
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

function checkSources(sources: readonly string[], document: RulebookDocument, at: Reporter): void {
  sources.forEach((source, i) => {
    if (!(source in document.sources)) at.at(i).fault(`unknown source: ${source}`, 'list it under `sources`');
  });
}

function checkedRates(document: RulebookDocument, calendars: CalendarSource, at: Reporter): CompiledRate[] {
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
    for (const ruleId of countedRules(definition)) {
      if (rules.has(ruleId) || ruleId === 'cancelled' || ruleId === 'scanned') continue;
      place.at('counts', 'rule').fault(`unknown rule: ${ruleId}`, 'name a rule of this rulebook, cancelled or scanned');
    }
    definition.bands.forEach((band, b) => compileBound(band, place.at('bands', b)));
    if (definition.clears) compileBound(definition.clears, place.at('clears'));
    compileZone(definition.zone, { document, calendars }, place.at('zone'));
    checkSources(definition.sources, document, place.at('sources'));
    return { definition, document };
  });
}

function checkIds(rules: readonly CompiledRule[], faults: RulebookFault[]): void {
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

function checkOverlays(
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

function rulebookOf(
  documents: readonly RulebookDocument[],
  rules: readonly CompiledRule[],
  rates: readonly CompiledRate[],
): CompiledRulebook {
  const byId = new Map(rules.map((rule) => [rule.rule.id, rule]));
  const byPlatform = new Map<string, Map<string, readonly CompiledRule[]>>();
  const select = (platform: string, market: string): readonly CompiledRule[] => {
    const own = rules.filter(({ document }) => document.platform === platform);
    const candidates = own.length > 0 ? own : rules.filter(({ document }) => document.platform === '*');
    return candidates.filter(({ document: { markets } }) => markets.includes(market) || markets.includes('*'));
  };
  return {
    documents,
    rates,
    rule: (ruleId) => byId.get(ruleId),
    rulesFor: (platform, market) => {
      let byMarket = byPlatform.get(platform);
      if (!byMarket) byPlatform.set(platform, (byMarket = new Map()));
      let selected = byMarket.get(market);
      if (!selected) byMarket.set(market, (selected = select(platform, market)));
      return selected;
    },
  };
}
