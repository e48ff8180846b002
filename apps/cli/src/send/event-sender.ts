// Sends batches to intake and tries again under the same Idempotency-Key until an answer is certain.
import { randomUUID } from 'node:crypto';
import type { Refusal } from './read-items.js';

export interface SendItem {
  readonly line: number;
  readonly value: unknown;
}

export interface BatchOutcome {
  readonly accepted: number;
  readonly refusals: readonly Refusal[];
}

export interface EventSenderOptions {
  /** Address of intake, with or without a path. */
  readonly url: string;
  readonly key: string;
  readonly attempts?: number;
  readonly timeoutMs?: number;
  wait?(ms: number): Promise<void>;
}

/** Nothing more can be delivered: the address, the key, or intake itself. */
export class UndeliverableError extends Error {
  override readonly name = 'UndeliverableError';
}

type Attempt =
  { kind: 'answer'; status: number; body: AnswerBody } | { kind: 'again'; reason: string; afterMs?: number };
interface AnswerBody {
  readonly detail?: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
  readonly results?: readonly { status: number; errors?: readonly { pointer: string; detail: string }[] }[];
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export class EventSender {
  private readonly address: URL;
  private readonly attempts: number;
  private readonly timeoutMs: number;
  private readonly wait: (ms: number) => Promise<void>;

  constructor(private readonly options: EventSenderOptions) {
    this.address = new URL('v1/events', options.url.endsWith('/') ? options.url : `${options.url}/`);
    this.attempts = options.attempts ?? 8;
    this.timeoutMs = options.timeoutMs ?? 60_000;
    this.wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** Resolves when intake has answered for every item. Rejects with UndeliverableError otherwise. */
  async send(items: readonly SendItem[]): Promise<BatchOutcome> {
    const body = JSON.stringify(items.map(({ value }) => value));
    const idempotencyKey = randomUUID();
    let reason = '';
    for (let attempt = 1; attempt <= this.attempts; attempt += 1) {
      const result = await this.post(body, idempotencyKey);
      if (result.kind === 'answer') return outcomeOf(result.status, result.body, items);
      reason = result.reason;
      if (attempt < this.attempts)
        await this.wait(result.afterMs ?? Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS));
    }
    throw new UndeliverableError(
      `no certain answer from ${this.address.href} after ${this.attempts} attempts: ${reason}`,
    );
  }

  private async post(body: string, idempotencyKey: string): Promise<Attempt> {
    try {
      const response = await fetch(this.address, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.options.key}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return await attemptOf(response);
    } catch (error) {
      const { message, cause } = error as Error;
      return { kind: 'again', reason: cause instanceof Error ? cause.message : message };
    }
  }
}

async function attemptOf(response: Response): Promise<Attempt> {
  const { status } = response;
  const body = await bodyOf(response);
  // 409: an earlier attempt of ours is still being worked on.
  if (status < 500 && status !== 429 && status !== 409) return { kind: 'answer', status, body };
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return {
    kind: 'again',
    reason: `${status} ${body.detail ?? ''}`.trim(),
    afterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  };
}

async function bodyOf(response: Response): Promise<AnswerBody> {
  const text = await response.text();
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

function outcomeOf(status: number, body: AnswerBody, items: readonly SendItem[]): BatchOutcome {
  if (status === 401 || status === 403 || status === 404) {
    throw new UndeliverableError(`intake answered ${status}: ${body.detail ?? 'no reason given'}`);
  }
  if (!body.results) {
    const faults = body.errors ?? [{ pointer: '', detail: body.detail ?? `refused with ${status}` }];
    return { accepted: 0, refusals: items.flatMap(({ line }) => faults.map((fault) => ({ line, ...fault }))) };
  }
  const refusals = body.results.flatMap(({ errors = [] }, index) =>
    errors.map((error) => ({ line: items[index]?.line ?? 0, ...error })),
  );
  return { accepted: body.results.filter((result) => result.status === 202).length, refusals };
}
