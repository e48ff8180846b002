import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { LogRecord, RawHeader, StoredRecord } from '../event-log.js';
import { readableHeaders, toRawHeaders } from '../headers.js';

/** kafkajs takes repeated headers as an array under one name. */
export function toMessage(record: LogRecord, partition: number): Message {
  const headers: Record<string, Buffer[]> = {};
  for (const [name, value] of toRawHeaders(record)) (headers[name] ??= []).push(value ?? Buffer.alloc(0));
  return { key: record.key, value: record.value, headers, partition };
}

export function toStoredRecord(message: KafkaMessage): StoredRecord {
  const rawHeaders = flatten(message.headers ?? {});
  return {
    offset: BigInt(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key?.toString() ?? '',
    rawKey: message.key,
    value: message.value,
    // Asked for only where a record goes into quarantine: reading an event looks at the raw ones.
    get headers() {
      return readableHeaders(rawHeaders);
    },
    rawHeaders,
  };
}

function bytesOf(value: Buffer | string): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function flatten(headers: IHeaders): RawHeader[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.map((one): RawHeader => [name, one === undefined || one === null ? null : bytesOf(one)]);
  });
}
