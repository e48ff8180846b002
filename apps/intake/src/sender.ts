// Who sends: from an API key, or from the endpoint a carrier calls.
import type { Request } from 'express';
import type { Identity } from '#storage';

export interface Sender {
  readonly identity: Identity;
  /** Shown with what the sender got refused: `key:<key id>` or `endpoint:<carrier>`. */
  readonly label: string;
}

/** A request after the gate, and with `rawBody` once its body was read. */
export interface IntakeRequest extends Request {
  sender?: Sender;
  rawBody?: Buffer;
}

/** Header pairs as received, duplicates included. */
export function headerPairs(request: IntakeRequest): [string, string][] {
  const { rawHeaders } = request;
  return Array.from({ length: rawHeaders.length / 2 }, (_, i) => [
    rawHeaders[2 * i] as string,
    rawHeaders[2 * i + 1] as string,
  ]);
}
