// CloudEvents 1.0.2: the envelope of every event, parsed strictly. Source of the rules: cloudevents spec.md 1.0.2 and the JSON format.
import { z } from 'zod';
import type { EventData, EventName } from './events/index.js';
import { EVENT_DATA, cloudEventType, eventName } from './events/index.js';
import type { Fault, Wrong } from './fault.js';
import { fail, faultAt, faultsOf, pointerOf, says, wrong } from './fault.js';
import { HOLDS_FOR_PLAIN_TEXT, cleanText, identifier, instant } from './primitives.js';
import { remembered } from './remembered.js';
import { REFUSED, schemaReader } from './schema-reader.js';

/** A CloudEvent in its JSON form, before anything about it is known to be right. */
export type Envelope = Readonly<Record<string, unknown>>;

/** The `source` attribute: a URI reference, which is ASCII by RFC 3986 and so has no look-alike twins. */
const uriReference = z
  .string()
  .min(1)
  .max(256)
  .refine(
    remembered((text) => /^[!-~]+$/.test(text) && !/["<>\\^`{|}]/.test(text) && URL.canParse(text, 'http://relative/')),
    says('uri-reference'),
  );

export const eventAttributes = z.object({
  specversion: z.literal('1.0', says('spec-version')),
  id: identifier.meta({ description: 'unique within the source; the same id again is the same event' }),
  source: uriReference.meta({ description: 'URI reference of the system that sends, e.g. /shops/nj-1' }),
  type: cleanText(128).min(1),
  time: instant.meta({ description: 'when it happened' }),
  subject: cleanText(256).min(1).optional(),
  datacontenttype: z
    .string()
    .max(128)
    .regex(/^application\/(?:[a-z0-9.+-]+\+)?json\s*(;\s*charset="?utf-8"?)?$/i, says('json-in-utf8'))
    .optional(),
  dataschema: cleanText(512)
    .refine((text) => URL.canParse(text), says('uri'))
    .optional(),
  tenantid: cleanText(64).min(1).optional(),
  traceparent: cleanText(512).optional(),
  tracestate: cleanText(512).optional(),
  recordedtime: instant.optional(),
});
const ATTRIBUTES: ReadonlySet<string> = new Set(Object.keys(eventAttributes.shape));
const EXTENSION_NAME = /^[a-z0-9]{1,20}$/;
const MAX_ATTRIBUTES = 40;

/** A parsed event: `data` is typed by `type`, instants are UTC epoch milliseconds. */
export type ParsedEvent = {
  [Name in EventName]: {
    readonly tenantId: string;
    readonly source: string;
    readonly id: string;
    readonly type: Name;
    readonly time: number;
    readonly receivedAt?: number;
    readonly data: EventData<Name>;
  };
}[EventName];

type Sender = { readonly tenantId: string };
export type ParseResult = { ok: true; event: ParsedEvent } | { ok: false; faults: Fault[] };

/**
 * Parses one structured CloudEvent. `tenantId` is the sender's own, from its credentials; without one (log consumers)
 * the `tenantid` extension decides. A `tenantid` that differs from the sender's is a fault: nobody writes for another.
 * With a sender, fields of `data` that the event does not have are faults too (a mistyped optional field would
 * silently lose its meaning); without one they are ignored, so that old consumers read what newer producers write.
 */
export function parseCloudEvent(value: unknown, sender?: Sender): ParseResult {
  const event = readFaultless(value, sender);
  return event ? { ok: true, event } : checkCloudEvent(value, sender);
}

/** The same by zod alone, which names every fault. Exported so that a test can compare the two ways. */
export function checkCloudEvent(value: unknown, sender?: Sender): ParseResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('', 'not-an-object');
  }
  const given = withoutNulls(value as Envelope);
  const envelope = eventAttributes.safeParse(given);
  const faults = envelope.success ? [] : faultsOf(envelope.error);
  faults.push(...badAttributes(given));
  if (!envelope.success || faults.length > 0) return { ok: false, faults };

  const { tenantid, recordedtime, ...event } = envelope.data;
  const tenantId = sender?.tenantId ?? tenantid;
  if (tenantId === undefined) return fail('/tenantid', 'required');
  if (tenantid !== undefined && tenantid !== tenantId) return fail('/tenantid', 'other-tenant');
  const type = eventName(event.type);
  if (!type) return fail('/type', 'unknown-event', { types: knownTypes() });
  const data = EVENT_DATA[type].safeParse(given['data']);
  const dataFaults = data.success ? [] : faultsOf(data.error, '/data');
  if (sender && data.success) dataFaults.push(...unknownFields(given['data'], data.data, '/data'));
  if (!data.success || dataFaults.length > 0) return { ok: false, faults: dataFaults };
  const { source, id, time } = event;
  return {
    ok: true,
    event: { tenantId, source, id, type, time, receivedAt: recordedtime, data: data.data } as ParsedEvent,
  };
}

const readAttributes = schemaReader(eventAttributes, HOLDS_FOR_PLAIN_TEXT);
const DATA_READERS = Object.fromEntries(
  Object.entries(EVENT_DATA).map(([name, schema]) => [name, schemaReader<z.ZodType>(schema, HOLDS_FOR_PLAIN_TEXT)]),
) as Record<EventName, ReturnType<typeof schemaReader>>;

/** The event if nothing at all is wrong with it, at a fraction of what naming faults costs; undefined when in doubt. */
function readFaultless(value: unknown, sender: Sender | undefined): ParsedEvent | undefined {
  if (!isOrdinary(value)) return undefined;
  const attributes = readAttributes(value);
  if (attributes === REFUSED) return undefined;
  const { tenantid, recordedtime: receivedAt, source, id, time } = attributes;
  const tenantId = sender?.tenantId ?? tenantid;
  const type = eventName(attributes.type);
  if (!type || tenantId === undefined || (tenantid !== undefined && tenantid !== tenantId)) return undefined;
  const given = value['data'];
  const data = DATA_READERS[type](given);
  if (data === REFUSED || (sender && hasUnknownField(given, data))) return undefined;
  return { tenantId, source, id, type, time, receivedAt, data } as ParsedEvent;
}

/** An object without null or bad attributes. */
function isOrdinary(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  let attributes = 0;
  for (const name in value) {
    attributes += 1;
    const each = (value as Envelope)[name];
    if (name === 'data' || (ATTRIBUTES.has(name) && each !== null)) continue;
    if (each === null || badAttribute(name, each) !== undefined) return false;
  }
  return attributes <= MAX_ATTRIBUTES;
}

function hasUnknownField(given: unknown, parsed: unknown): boolean {
  if (typeof given !== 'object' || given === null || typeof parsed !== 'object' || parsed === null) return false;
  for (const key in given) {
    if (!Object.hasOwn(parsed, key)) return true;
    if (hasUnknownField((given as Envelope)[key], (parsed as Envelope)[key])) return true;
  }
  return false;
}

function knownTypes(): string {
  return Object.keys(EVENT_DATA)
    .map((name) => cloudEventType(name as EventName))
    .join(', ');
}

/** JSON format 1.0.2, section 2.2: an attribute that is null is the same as one that is not there. */
function withoutNulls(value: Envelope): Envelope {
  if (!Object.values(value).includes(null)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name, each]) => each !== null || name === 'data'));
}

function badAttributes(value: Envelope): Fault[] {
  const entries = Object.entries(value);
  if (entries.length > MAX_ATTRIBUTES) return [faultAt('', wrong('too-many-attributes', { maximum: MAX_ATTRIBUTES }))];
  return entries.flatMap(([name, each]) => {
    const bad = badAttribute(name, each);
    return bad ? [faultAt(pointerOf([name]), bad)] : [];
  });
}

function badAttribute(name: string, value: unknown): Wrong | undefined {
  if (name === 'data') return undefined;
  if (name === 'data_base64') return wrong('base64-data');
  if (!EXTENSION_NAME.test(name)) return wrong('attribute-name');
  if (ATTRIBUTES.has(name)) return undefined;
  if (typeof value === 'string') return value.length > 1024 ? wrong('too-long', { maximum: 1024 }) : undefined;
  return typeof value === 'boolean' || isInt32(value) ? undefined : wrong('attribute-type');
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

/** Fields of `given` that its schema dropped. Works because zod keeps every known field and strips every other. */
function unknownFields(given: unknown, parsed: unknown, pointer: string): Fault[] {
  if (typeof given !== 'object' || given === null || typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    const at = pointer + pointerOf([key]);
    if (!Object.hasOwn(parsed, key)) return [faultAt(at, wrong('unknown-field'))];
    return unknownFields(value, (parsed as Envelope)[key], at);
  });
}
