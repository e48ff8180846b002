// Merge of what several events say about one tracking number of an order.
import type { ParcelLink } from '../state.js';

/**
 * The earliest upload, and of every other field the smallest value stated. Two events that contradict each other about a carrier are
 * rare; what matters is that the result does not depend on which came first. The same reference when nothing is new.
 */
export function mergeLink(known: ParcelLink, added: ParcelLink): ParcelLink {
  const lineIds = mergeLines(known.lineIds, added.lineIds);
  const merged: ParcelLink = {
    trackingNumber: known.trackingNumber,
    uploadedAt: Math.min(known.uploadedAt, added.uploadedAt),
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
