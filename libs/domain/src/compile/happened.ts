// When the event of a test happened, over the parcels of an order, with every piece of evidence considered or rejected told.
import type { EvidenceStrength, Instant } from '../events.js';
import { EARLIER_USE_MS, earliestScan, type ParcelView, type ScanSatisfyingEvent } from '../evidence.js';
import type { SatisfyTest } from '../rule.js';
import { parcelCount, type Subject } from '../evaluate/subject.js';
import type { Trace } from '../evaluate/trace.js';
import type { ParcelLink } from '../state.js';
import type { InstantOf } from './clock-start.js';
import type { RejectedBy } from './validity.js';

export interface EventTest {
  readonly event: SatisfyTest['event'];
  readonly strength: EvidenceStrength;
  /** Any parcel is enough; otherwise all of them are needed. */
  readonly any: boolean;
  readonly rejectedBy: RejectedBy | undefined;
  /** Uploads before this instant were rejected by the platform and never happened. */
  readonly uploadedFrom: InstantOf | undefined;
}

/** Undefined while it has not happened. An event that is late all the same has its instant. */
export function happenedAt(test: EventTest, subject: Subject, trace: Trace | undefined): Instant | undefined {
  switch (test.event) {
    case 'shipment-confirmed':
      return traced('shipment-confirmed', subject.order.confirmedAt, trace);
    case 'cancelled':
      return traced('cancelled', subject.order.cancelledAt, trace);
    case 'never':
      return undefined;
    default:
      return subject.parcel ? parcelAt(test, subject, subject.parcel, trace) : parcelsAt(test, subject, trace);
  }
}

/** Over the parcels of an order: the last of all of them, or the first of any. */
function parcelsAt(test: EventTest, subject: Subject, trace: Trace | undefined): Instant | undefined {
  let result: Instant | undefined;
  let seen = 0;
  for (const parcel of subject.parcels) {
    const at = parcelAt(test, subject, parcel, trace);
    if (at === undefined) continue;
    seen++;
    result = result === undefined ? at : test.any ? Math.min(result, at) : Math.max(result, at);
  }
  const expected = test.any ? 1 : parcelCount(subject);
  if (seen >= expected) return result;
  trace?.add('parcels-missing', { event: test.event, expected, seen });
  return undefined;
}

function parcelAt(
  test: EventTest,
  subject: Subject,
  parcel: ParcelView,
  trace: Trace | undefined,
): Instant | undefined {
  const { trackingNumber } = parcel.link;
  const rejected = test.rejectedBy?.(subject, parcel);
  if (rejected) {
    trace?.add('evidence-rejected', { trackingNumber, test: rejected });
    return undefined;
  }
  if (test.event === 'labelled') {
    const earliest = subject.facts.clocks.placedAt - EARLIER_USE_MS;
    const at = uploadOf(subject, parcel, test.uploadedFrom?.(subject) ?? earliest);
    if (at === undefined) trace?.add('evidence-rejected', { trackingNumber, test: rejectedUpload(test) });
    return traced('labelled', at, trace, trackingNumber);
  }
  const event = test.event as ScanSatisfyingEvent;
  const scan = earliestScan(parcel.scans, event, test.strength);
  if (trace) traceScans(parcel, event, test.strength, trace);
  return scan?.at;
}

function rejectedUpload({ uploadedFrom }: EventTest): string {
  return uploadedFrom ? 'upload-after-order' : 'upload-long-before-order';
}

/** When the parcel was first labelled, not before `from`: a new number for it keeps the upload of the one it replaces. */
function uploadOf(subject: Subject, parcel: ParcelView, from: Instant): Instant | undefined {
  let { link } = parcel;
  let first = firstUploadFrom(link, from);
  for (let hops = 0; link.replaces !== undefined && hops < subject.order.parcels.length; hops++) {
    const replaced = subject.order.parcels.find((other) => other.trackingNumber === link.replaces);
    if (!replaced) break;
    link = replaced;
    first = Math.min(first, firstUploadFrom(link, from));
  }
  return first === Infinity ? undefined : first;
}

/** Infinity when every upload came before `from`. An upload in the very second of `from` counts. */
function firstUploadFrom({ uploadedAt, laterUploads = [] }: ParcelLink, from: Instant): Instant {
  const second = Math.floor(from / 1000) * 1000;
  if (uploadedAt >= second) return uploadedAt;
  return laterUploads.find((at) => at >= second) ?? Infinity;
}

function traceScans(parcel: ParcelView, event: ScanSatisfyingEvent, strength: EvidenceStrength, trace: Trace): void {
  const { trackingNumber } = parcel.link;
  if (parcel.earlier > 0) trace.add('earlier-use', { trackingNumber, scans: parcel.earlier });
  const scan = earliestScan(parcel.scans, event, strength);
  const weaker = earliestScan(parcel.scans, event, 'none');
  if (weaker && weaker !== scan && (!scan || weaker.at < scan.at)) {
    const { at, stage } = weaker;
    trace.add('evidence-too-weak', { trackingNumber, at, stage, strength: weaker.strength, needed: strength });
  }
  if (!scan) return trace.add('no-evidence', { trackingNumber, event });
  trace.add('evidence', { trackingNumber, event, at: scan.at, stage: scan.stage, strength: scan.strength });
  if (scan.latest !== undefined) trace.add('time-uncertain', { trackingNumber, at: scan.at, latest: scan.latest });
}

function traced(
  event: string,
  at: Instant | undefined,
  trace: Trace | undefined,
  trackingNumber = '',
): Instant | undefined {
  if (at === undefined) trace?.add('no-evidence', { event, trackingNumber });
  else trace?.add('evidence', { event, at, trackingNumber });
  return at;
}
