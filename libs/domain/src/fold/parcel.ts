// Fold of the scans of one tracking number. The whole history is kept, sorted by when it happened; a retraction removes nothing, it only
// says what counts no more, so that it may arrive before the scan it retracts.
import type { ScanEvent } from '../events.js';
import type { ParcelState, ScanFact } from '../state.js';
import { eventIdOf } from './order.js';
import { insertSorted, NOTHING } from './sorted.js';

/** The state of a tracking number nothing is known about yet. */
export function emptyParcel(tenantId: string, trackingNumber: string): ParcelState {
  return { tenantId, trackingNumber, scans: NOTHING, retracted: NOTHING };
}

/** Folds one scan. Returns `state` itself when the scan is known already: the caller need not write. */
export function foldParcel(state: ParcelState, event: ScanEvent): ParcelState {
  const scans = insertSorted(state.scans, scanFact(event), compareScans);
  const retracted = withRetraction(state.retracted, event);
  const carrier = leastCarrier(state.carrier, event.data.carrier);
  if (scans === state.scans && retracted === state.retracted && carrier === state.carrier) return state;
  return { ...state, scans, retracted, ...(carrier !== undefined && { carrier }) };
}

function scanFact(event: ScanEvent): ScanFact {
  const { occurredAt, occurredAtLatest, stage, strength, place, fault } = event.data;
  const fact: { -readonly [K in keyof ScanFact]: ScanFact[K] } = {
    at: occurredAt,
    stage,
    strength,
    eventId: eventIdOf(event),
  };
  if (occurredAtLatest !== undefined && occurredAtLatest > occurredAt) fact.latest = occurredAtLatest;
  if (place?.postalCode !== undefined) fact.postalCode = place.postalCode;
  if (place?.country !== undefined) fact.country = place.country;
  if (fault !== undefined) fact.fault = fault;
  return fact;
}

function compareScans(a: ScanFact, b: ScanFact): number {
  return a.at - b.at || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0);
}

/** A retraction names a scan of the same source. */
function withRetraction(retracted: readonly string[], event: ScanEvent): readonly string[] {
  const { retracts } = event.data;
  if (retracts === undefined) return retracted;
  const eventId = eventIdOf({ source: event.source, id: retracts });
  return insertSorted(retracted, eventId, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Of two carriers stated for one number the smaller name: which one does not matter, only that order does not. */
function leastCarrier(known: string | undefined, added: string | undefined): string | undefined {
  if (known === undefined || added === undefined) return known ?? added;
  return added < known ? added : known;
}
