// What a request is answered with, as a value: it can be kept for a repetition under the same Idempotency-Key.
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Fault } from '#contracts';

export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What became of one event. `line` for files. */
export type ItemResult =
  | { readonly status: 202; readonly id: string; readonly source: string; readonly line?: number }
  | { readonly status: 403 | 422; readonly errors: readonly Fault[]; readonly line?: number };

type Refused = Extract<ItemResult, { errors: unknown }>;

export function isRefused(result: ItemResult): result is Refused {
  return result.status !== 202;
}

export function problemAnswer(status: number, code: string, detail: string, extensions: object = {}): Answer {
  const title = STATUS_CODES[status] ?? 'Error';
  return { status, body: { type: `urn:fineline:problem:${code}`, title, status, detail, ...extensions } };
}

/** One event: 202, or the problem it has. */
export function singleAnswer(result: ItemResult): Answer {
  if (!isRefused(result)) return { status: 202, body: { status: 'accepted', id: result.id, source: result.source } };
  const [code, detail] = refusal(result);
  return problemAnswer(result.status, code, detail, { errors: result.errors });
}

function refusal({ status }: Refused): [code: string, detail: string] {
  return status === 403
    ? ['event-forbidden', 'This API key may not send this event.']
    : ['event-invalid', 'The event was refused and is kept in quarantine.'];
}

/** Counts and results of a list of events. */
export function listBody(results: readonly ItemResult[]): {
  accepted: number;
  refused: number;
  results: readonly ItemResult[];
} {
  const refused = results.filter(isRefused).length;
  return { accepted: results.length - refused, refused, results };
}

/** Many events: 202 when all were taken, 207 when some were, 422 when none was. `errors` point into the list as it was sent. */
export function listAnswer(results: readonly ItemResult[]): Answer {
  const body = listBody(results);
  const { accepted, refused } = body;
  if (refused === 0) return { status: 202, body };
  if (accepted > 0) return { status: 207, body };
  return problemAnswer(422, 'events-invalid', 'Every event was refused and is kept in quarantine.', {
    errors: results.flatMap(listErrors),
    ...body,
  });
}

function listErrors(result: ItemResult, index: number): Fault[] {
  if (!isRefused(result)) return [];
  return result.errors.map((fault) => ({ ...fault, pointer: `/${index}${fault.pointer}` }));
}

/** Sends it with the content type that its status asks for. */
export function sendAnswer(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const contentType = status >= 400 ? 'application/problem+json' : 'application/json';
  const text = JSON.stringify(body);
  // Not by Express's `send`: it would hash every answer for an ETag that nobody asks for.
  response
    .writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text), ...headers })
    .end(text);
}
