// Foreign courier vocabularies to canonical scans, one file each. Add the next one here.
import type { CarrierAdapter } from './carrier-adapter.js';
import { easypost } from './easypost.js';

export type { CarrierAdapter, CarrierReading, CarrierScan, ReadingOptions, WebhookHeaders } from './carrier-adapter.js';

/** Adapters by the name they have in the webhook's address. */
export const carrierAdapters: Readonly<Record<string, CarrierAdapter>> = { easypost };

/** The adapter of that name; undefined for a carrier we do not speak. */
export function carrierAdapter(name: string): CarrierAdapter | undefined {
  return Object.hasOwn(carrierAdapters, name) ? carrierAdapters[name] : undefined;
}
