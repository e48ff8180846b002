// Which version of a rule holds for an order: picked by a moment of the order, then replaced by the tenant's own contract.
import type { CompiledOverlay, CompiledRule, CompiledVersion } from '../compile/compiled.js';
import type { Subject } from './subject.js';

/** The version whose interval holds the moment that picks it and whose conditions the order meets. Undefined: the rule does not apply (yet). */
export function pickVersion(rule: CompiledRule, subject: Subject): CompiledVersion | undefined {
  for (const version of rule.versions) {
    const moment = version.momentOf(subject);
    if (moment === undefined || moment < version.from || moment >= version.until) continue;
    if (!(version.spec.violation ? mayConcern(version, subject) : version.when(subject))) continue;
    return overlaid(version, moment, subject);
  }
  return undefined;
}

/** A violation rule tests its conditions on each incident; what needs no report is found later. */
function mayConcern({ spec, uploadBefore, when }: CompiledVersion, subject: Subject): boolean {
  if (uploadBefore || spec.violation!.presumption) return true;
  return subject.incidents.some(
    (incident) => spec.violation!.kinds.includes(incident.kind) && when({ ...subject, incidents: [incident] }),
  );
}

function overlaid(version: CompiledVersion, moment: number, subject: Subject): CompiledVersion {
  let best: CompiledOverlay | undefined;
  for (const candidate of version.overlays) {
    if (covers(candidate, moment, subject) && (!best || prevails(candidate, best))) best = candidate;
  }
  return best ? best.version : version;
}

function covers({ overlay, from, until }: CompiledOverlay, moment: number, subject: Subject): boolean {
  if (overlay.tenantId !== subject.order.tenantId || moment < from || moment >= until) return false;
  return overlay.sellerId === undefined || overlay.sellerId === subject.facts.sellerId;
}

/** A seller's own contract prevails over the tenant's, then the one signed later, then the greater id. */
function prevails(a: CompiledOverlay, b: CompiledOverlay): boolean {
  const specific = Number(a.overlay.sellerId !== undefined) - Number(b.overlay.sellerId !== undefined);
  if (specific !== 0) return specific > 0;
  if (a.overlay.signedAt !== b.overlay.signedAt) return a.overlay.signedAt > b.overlay.signedAt;
  return a.overlay.overlayId > b.overlay.overlayId;
}
