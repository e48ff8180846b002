// Rulebook documents to something that can be evaluated, or every fault in them at once: never half a rulebook.
import { isCurrency } from '../currency.js';
import type { CalendarSource, RulebookDocument, RulebookFault, RuleOverlay } from '../rule.js';
import { checkChains } from './chains.js';
import { checkedPoints } from './check-points.js';
import { checkedRates, checkIds, checkOverlays, checkSources, checkVersions } from './check-rulebook.js';
import type { CompiledPoints, CompiledRate, CompiledRule, CompiledRulebook } from './compiled.js';
import { checkedZone } from './dates.js';
import { Reporter } from './reporter.js';
import { calendarOf, type Scope } from './scope.js';
import { compileVersion } from './version.js';
import { compileWaiver } from './waiver.js';
import { compileZone } from './zone-choice.js';

export type Compiled = { readonly rulebook: CompiledRulebook } | { readonly faults: readonly RulebookFault[] };

/**
 * Compiles all documents together (rule ids are unique over all of them, chains may cross files). `file` of a fault is the rulebook's
 * name, `path` a JSON pointer into the document. Overlays name their rule; one for a rule that does not exist is a fault. Rules that are in
 * `base`, compiled of the same documents, with the same overlays are taken over as they are.
 */
export function compileRulebooks(
  documents: readonly RulebookDocument[],
  overlays: readonly RuleOverlay[],
  calendars: CalendarSource,
  base?: CompiledRulebook,
): Compiled {
  const faults: RulebookFault[] = [];
  const rateIds = new Set(documents.flatMap((document) => (document.rates ?? []).map((rate) => rate.id)));
  const rules = documents.flatMap((document) =>
    compileDocument({ document, calendars }, overlays, rateIds, base, new Reporter(document.rulebook, faults)),
  );
  const rates = documents.flatMap((document) =>
    checkedRates(document, calendars, new Reporter(document.rulebook, faults)),
  );
  const points = documents.flatMap((document) =>
    checkedPoints(document, calendars, new Reporter(document.rulebook, faults)),
  );
  checkIds(rules, faults);
  checkChains(rules, faults);
  checkOverlays(overlays, rules, faults);
  return faults.length > 0 ? { faults } : { rulebook: rulebookOf(documents, rules, rates, points) };
}

function compileDocument(
  scope: Scope,
  overlays: readonly RuleOverlay[],
  rateIds: ReadonlySet<string>,
  base: CompiledRulebook | undefined,
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
    const own = overlays.filter((overlay) => overlay.ruleId === rule.id);
    const known = base?.rule(rule.id);
    if (known?.rule === rule && hasOverlays(known, own)) return known;
    const place = at.at('rules', i);
    const parts = {
      rule,
      scope,
      rateIds,
      waivers: waivers.filter((waiver) => waiver.rules.has(rule.id)).map((waiver) => waiver.compiled),
      overlays: own.map((overlay) => ({ overlay, at: place.at(`overlay ${overlay.overlayId}`) })),
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

/** Whether a compiled rule has exactly these overlays. */
function hasOverlays({ versions }: CompiledRule, overlays: readonly RuleOverlay[]): boolean {
  const compiled = new Set(versions.flatMap((version) => version.overlays.map(({ overlay }) => overlay)));
  return compiled.size === overlays.length && overlays.every((overlay) => compiled.has(overlay));
}

function rulebookOf(
  documents: readonly RulebookDocument[],
  rules: readonly CompiledRule[],
  rates: readonly CompiledRate[],
  points: readonly CompiledPoints[],
): CompiledRulebook {
  const byId = new Map(rules.map((rule) => [rule.rule.id, rule]));
  const ratesById = new Map(rates.map((rate) => [rate.definition.id, rate]));
  const byPlatform = new Map<string, Map<string, readonly CompiledRule[]>>();
  const select = (platform: string, market: string): readonly CompiledRule[] => {
    const own = rules.filter(({ document }) => document.platform === platform);
    const candidates = own.length > 0 ? own : rules.filter(({ document }) => document.platform === '*');
    return candidates.filter(({ document: { markets } }) => markets.includes(market) || markets.includes('*'));
  };
  return {
    documents,
    rates,
    points,
    rate: (rateId) => ratesById.get(rateId),
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
