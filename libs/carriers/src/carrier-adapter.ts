// What every foreign courier vocabulary is turned into: canonical scans, each with an id made from its content.
import { createHash } from 'node:crypto';
import type { EventDataInput, Fault } from '#contracts';
import { cloudEventType } from '#contracts';

/** A scan as a structured CloudEvent without `tenantid`; whose it is, the endpoint it came to says. */
export interface CarrierScan {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: EventDataInput<'parcel.scanned'>;
}

/** Scans that could be read and, beside them, what could not: one bad entry does not hold up the others. */
export interface CarrierReading {
  readonly scans: readonly CarrierScan[];
  readonly faults: readonly Fault[];
}

export interface ReadingOptions {
  /** IANA zone of the carrier account, for times that come without a place. */
  readonly timeZone?: string;
}

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface CarrierAdapter {
  readonly name: string;
  /** True when the body, byte for byte as it came, was signed with `secret`. */
  verify(rawBody: Uint8Array, headers: WebhookHeaders, secret: string): boolean;
  /** `payload` is parsed JSON. A message that carries no tracking news has neither scans nor faults. */
  scans(payload: unknown, options?: ReadingOptions): CarrierReading;
}

/**
 * Makes a scan whose id depends on `identity` alone. The data must follow from the same things, because the same id with other
 * data is a conflict downstream.
 */
export function carrierScan(
  source: string,
  identity: readonly unknown[],
  data: EventDataInput<'parcel.scanned'>,
): CarrierScan {
  const id = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
  return { specversion: '1.0', id, source, type: cloudEventType('parcel.scanned'), time: data.occurredAt, data };
}

/** The first value of a header, whatever its case. */
export function headerValue(headers: WebhookHeaders, name: string): string | undefined {
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return typeof entry?.[1] === 'object' ? entry[1][0] : entry?.[1];
}
