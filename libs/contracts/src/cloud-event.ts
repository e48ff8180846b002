// CloudEvents 1.0.2: the envelope of every event, parsed strictly. Source of the rules: cloudevents spec.md 1.0.2 and the JSON format.
import { z } from 'zod';
import type { EventData, EventName } from './events/index.js';
import { EVENT_DATA, cloudEventType, eventName } from './events/index.js';
import { identifier, instant } from './primitives.js';

/** One thing wrong with an input: where (RFC 6901 JSON Pointer) and what. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

const attributes = z.object({
  specversion: z.literal('1.0', 'must be "1.0"'),
  id: identifier,
  source: z
    .string()
    .min(1)
    .max(256)
    .refine(
      (text) => URL.canParse(text, 'http://relative/') && !/[\s"<>\\^`{|}]/.test(text),
      'must be a URI reference',
    ),
  type: z.string().min(1).max(128),
  time: instant,
  subject: z.string().min(1).max(256).optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/(?:[a-z0-9.+-]+\+)?json\s*(;\s*charset="?utf-8"?)?$/i, 'must be JSON in UTF-8')
    .optional(),
  dataschema: z.string().max(512).optional(),
  tenantid: z.string().min(1).max(64).optional(),
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  recordedtime: instant.optional(),
});
const EXTENSION_NAME = /^[a-z0-9]{1,20}$/;

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

export type ParseResult = { ok: true; event: ParsedEvent } | { ok: false; faults: Fault[] };

/**
 * Parses one structured CloudEvent. `tenantId` is the sender's own, from its credentials; without one (log consumers)
 * the `tenantid` extension decides. A `tenantid` that differs from the sender's is a fault: nobody writes for another.
 */
export function parseCloudEvent(value: unknown, sender?: { tenantId: string }): ParseResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('', 'must be a JSON object');
  }
  const envelope = attributes.safeParse(value);
  const faults = envelope.success ? [] : faultsOf(envelope.error);
  faults.push(...badExtensions(value));
  if (!envelope.success || faults.length > 0) return { ok: false, faults };

  const { tenantid, recordedtime, ...event } = envelope.data;
  const tenantId = sender?.tenantId ?? tenantid;
  if (tenantId === undefined) return fail('/tenantid', 'is required');
  if (tenantid !== undefined && tenantid !== tenantId) return fail('/tenantid', 'is not the tenant of this API key');
  const name = eventName(event.type);
  if (!name)
    return fail(
      '/type',
      `unknown event type; expected one of ${Object.keys(EVENT_DATA)
        .map((known) => cloudEventType(known as EventName))
        .join(', ')}`,
    );
  if ('data_base64' in value) return fail('/data_base64', 'JSON data must be in "data"');
  const data = EVENT_DATA[name].safeParse((value as { data?: unknown }).data);
  if (!data.success) return { ok: false, faults: faultsOf(data.error, '/data') };
  return {
    ok: true,
    event: {
      tenantId,
      source: event.source,
      id: event.id,
      type: name,
      time: event.time,
      receivedAt: recordedtime,
      data: data.data,
    } as ParsedEvent,
  };
}

function fail(pointer: string, detail: string): ParseResult {
  return { ok: false, faults: [{ pointer, detail }] };
}

function badExtensions(value: object): Fault[] {
  return Object.keys(value)
    .filter((name) => name !== 'data' && name !== 'data_base64' && !EXTENSION_NAME.test(name))
    .map((name) => ({
      pointer: pointerOf([name]),
      detail: 'attribute names are 1 to 20 lower-case letters and digits',
    }));
}

/** Every zod issue as a fault with its JSON Pointer below `base`. */
export function faultsOf(error: z.ZodError, base = ''): Fault[] {
  return error.issues.map((issue) => ({ pointer: base + pointerOf(issue.path), detail: issue.message }));
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
