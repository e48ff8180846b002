// The plain JSON form for people: `{ "type": "order.placed", "orderId": "…", … }`. The envelope is filled in, and its id is made from the
// content, so that sending the same thing twice is one event.
import { createHash } from 'node:crypto';
import { eventName, timeOf } from '#contracts';

const ENVELOPE_FIELDS = ['type', 'id', 'source', 'time', 'subject'] as const;

export interface PlainEvent {
  readonly envelope: unknown;
  /** False for what already is a CloudEvent, and for what is no object. */
  readonly isMade: boolean;
  /** From a pointer into the envelope to one into what the person sent. */
  pointer(inEnvelope: string): string;
}

/** `receivedAt` (UTC epoch milliseconds) is the time of events whose data names none: waivers and amendments. */
export function plainEvent(item: unknown, receivedAt: number): PlainEvent {
  const same = (pointer: string): string => pointer;
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return { envelope: item, isMade: false, pointer: same };
  const given = item as Record<string, unknown>;
  if ('specversion' in given) return { envelope: given, isMade: false, pointer: same };
  const isNested = typeof given['data'] === 'object' && given['data'] !== null;
  const { type, id, source, time, subject, ...rest } = given;
  const data = isNested ? (given['data'] as Record<string, unknown>) : rest;
  const happenedAt = time ?? timeFrom(type, data, receivedAt);
  const envelope = {
    ...(isNested ? rest : {}),
    specversion: '1.0',
    type,
    source: source ?? '/plain',
    id: id ?? contentId(type, happenedAt, data),
    time: happenedAt,
    ...(subject === undefined ? {} : { subject }),
    data,
  };
  return { envelope, isMade: true, pointer: isNested ? same : flattened };
}

function timeFrom(type: unknown, data: Record<string, unknown>, receivedAt: number): unknown {
  const name = typeof type === 'string' ? eventName(type) : undefined;
  return (name && timeOf(name, data)) ?? new Date(receivedAt).toISOString();
}

// The time is part of it: an amendment that names none may be made, undone and made again, which is three events.
function contentId(type: unknown, time: unknown, data: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify([type, time, sorted(data)]));
  return `plain-${digest.digest('hex').slice(0, 32)}`;
}

/** The same value with object keys in one order, so that the id does not depend on how the person's JSON was ordered. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

function flattened(pointer: string): string {
  const [, first] = pointer.split('/');
  const isEnvelope = ENVELOPE_FIELDS.some((field) => field === first);
  return isEnvelope ? pointer : pointer.replace(/^\/data(?=\/|$)/, '');
}
