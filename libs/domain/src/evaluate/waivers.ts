// Which waivers cover a clock start: those published with the rulebook and those of the tenant.
import type { CompiledVersion, CompiledWaiver } from '../compile/compiled.js';
import { always } from '../compile/condition.js';
import type { Instant, WaiverAnnounced } from '../events.js';
import type { Subject } from './subject.js';

type TenantWaiver = WaiverAnnounced['data'];
type Index = ReadonlyMap<string, readonly TenantWaiver[]>;

const NONE: readonly CompiledWaiver[] = [];
const indexes = new WeakMap<readonly TenantWaiver[], Index>();

/** Waivers for this rule whose interval holds the clock start (or the moment they name), in a fixed order: published ones first, then the tenant's by id. */
export function waiversFor(version: CompiledVersion, startsAt: Instant, subject: Subject): readonly CompiledWaiver[] {
  const tenant = tenantWaivers(subject.context.waivers).get(version.rule.id);
  if (version.waivers.length === 0 && !tenant) return NONE;
  const published = version.waivers.filter((waiver) => coversOrder(waiver, startsAt, subject));
  const own = (tenant ?? []).filter((waiver) => covers(waiver, startsAt, subject)).map(asCompiled);
  return [...published, ...own];
}

function coversOrder(waiver: CompiledWaiver, startsAt: Instant, subject: Subject): boolean {
  const at = waiver.momentOf ? waiver.momentOf(subject) : startsAt;
  return at !== undefined && at >= waiver.from && at < waiver.until && waiver.when(subject);
}

/** By rule, without revoked ones; a revocation carries the id of the waiver it ends. Built once per list. */
function tenantWaivers(waivers: readonly TenantWaiver[]): Index {
  const known = indexes.get(waivers);
  if (known) return known;
  const revoked = new Set(waivers.filter((waiver) => waiver.revoked).map((waiver) => waiver.waiverId));
  const index = new Map<string, TenantWaiver[]>();
  for (const waiver of [...waivers].sort((a, b) => (a.waiverId < b.waiverId ? -1 : 1))) {
    if (revoked.has(waiver.waiverId)) continue;
    for (const ruleId of new Set(waiver.ruleIds)) index.set(ruleId, [...(index.get(ruleId) ?? []), waiver]);
  }
  indexes.set(waivers, index);
  return index;
}

function covers(waiver: TenantWaiver, startsAt: Instant, { order, facts }: Subject): boolean {
  if (startsAt < waiver.from || startsAt >= waiver.until) return false;
  const regions = [facts.shipTo?.region, facts.shipFrom?.region];
  return (
    same(waiver.orderId, order.orderId) &&
    same(waiver.sellerId, facts.sellerId) &&
    same(waiver.platform, facts.platform) &&
    same(waiver.market, facts.market) &&
    (waiver.region === undefined || regions.includes(waiver.region))
  );
}

function same(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value;
}

function asCompiled(waiver: TenantWaiver): CompiledWaiver {
  return {
    id: waiver.waiverId,
    spec: undefined,
    from: waiver.from,
    until: waiver.until,
    momentOf: undefined,
    when: always,
    maxLateSeconds: Infinity,
    effect: waiver.effect,
    text: { en: waiver.reason, zh: waiver.reason },
    confidence: undefined,
  };
}
