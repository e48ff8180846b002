// The body of a request as bytes: signatures and quarantine need it as it came. Inflates gzip, deflate and br, and stops at the
// limit on what comes out, so that a small bomb stays small.
import type { IncomingMessage } from 'node:http';
import { raw } from 'express';
import type { Response } from 'express';
import type { IntakeRequest } from './sender.js';

const reader = (limit: number): ReturnType<typeof raw> => raw({ type: () => true, limit, inflate: true });

const EVENTS_LIMIT = 1_048_576;
/** 1 MiB: one event or a batch. */
export const EVENTS = reader(EVENTS_LIMIT);
export const CSV_LIMIT = 8 * 1_048_576;
/** 8 MiB: a file. */
export const FILE = reader(CSV_LIMIT);

/**
 * Reads the body once the sender is known. Where a host application has already kept `rawBody` (Nest's `rawBody: true`), that is
 * used. Rejects with what Express's parser says (413 beyond the limit).
 */
export async function rawBody(request: IntakeRequest, response: Response, read: typeof EVENTS): Promise<Buffer> {
  if (request.rawBody) return request.rawBody;
  await new Promise<void>((resolve, reject) => {
    read(request, response, (error?: unknown) => (error ? reject(error as Error) : resolve()));
  });
  return (request.rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
}

/** Bytes that the body of a request may come to, as far as its headers tell. */
export function bodyBytes({ headers, url = '' }: IncomingMessage): number {
  const limit = url.startsWith('/v1/csv') ? CSV_LIMIT : EVENTS_LIMIT;
  const told = Number(headers['content-length']);
  return headers['content-encoding'] === undefined && told < limit ? told : limit;
}
