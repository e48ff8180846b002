// Merge of what several events say about one tracking number of an order.
import type { Instant } from '../events.js';
import type { ParcelLink } from '../state.js';

/**
 * The earliest upload, and of every other field the smallest value stated. Two events that contradict each other about a carrier are
 * rare; what matters is that the result does not depend on which came first. The same reference when nothing is new.
 */
export function mergeLink(known: ParcelLink, added: ParcelLink): ParcelLink {
  const lineIds = mergeLines(known.lineIds, added.lineIds);
  const [uploadedAt, laterUploads] = mergeUploads(known, added);
  const merged: ParcelLink = {
    trackingNumber: known.trackingNumber,
    uploadedAt,
    ...stated('laterUploads', laterUploads),
    ...stated('carrier', least(known.carrier, added.carrier)),
    ...stated('labelCreatedAt', least(known.labelCreatedAt, added.labelCreatedAt)),
    ...stated('labelSource', least(known.labelSource, added.labelSource)),
    ...stated('destinationPostalCode', least(known.destinationPostalCode, added.destinationPostalCode)),
    ...stated('replaces', least(known.replaces, added.replaces)),
    ...stated('lineIds', lineIds),
  };
  const fields = Object.keys(merged) as (keyof ParcelLink)[];
  return fields.every((field) => merged[field] === known[field]) ? known : merged;
}

/** Enough for every honest repetition; the smallest ones are kept, so that the order of arrival does not matter. */
const MOST_UPLOADS = 20;

function mergeUploads(known: ParcelLink, added: ParcelLink): readonly [Instant, ParcelLink['laterUploads']] {
  const { uploadedAt, laterUploads = [] } = known;
  const more = [added.uploadedAt, ...(added.laterUploads ?? [])];
  if (more.every((at) => at === uploadedAt || laterUploads.includes(at))) return [uploadedAt, known.laterUploads];
  const all = [...new Set([uploadedAt, ...laterUploads, ...more])].sort((a, b) => a - b);
  const [first, ...later] = all.slice(0, MOST_UPLOADS);
  const isSame =
    first === uploadedAt && later.length === laterUploads.length && later.every((at, i) => at === laterUploads[i]);
  return isSame ? [uploadedAt, known.laterUploads] : [first!, later];
}

function least<T extends string | number>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b < a ? b : a;
}

function mergeLines(
  known: readonly string[] | undefined,
  added: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!known || !added) return known ?? added;
  const union = [...new Set([...known, ...added])].sort();
  return union.length === known.length ? known : union;
}

function stated<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
