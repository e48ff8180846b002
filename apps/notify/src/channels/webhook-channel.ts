import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { Delivery } from './delivery.js';
import { retryAfterMs } from './retry-after.js';
import { BadSecret, signedHeaders } from './webhook-signature.js';
import type { Resolve, Target, TargetPolicy } from './webhook-target.js';
import { RefusedTarget, checkedTarget, guardedLookup } from './webhook-target.js';

export interface WebhookMessage {
  /** Stable over retries: receivers drop repetitions by it. */
  readonly id: string;
  readonly address: string;
  readonly secret: string | null;
  /** JSON text. */
  readonly body: string;
}

export interface WebhookSettings {
  readonly policy: TargetPolicy;
  /** Of a whole attempt. */
  readonly timeoutMs: number;
  /** Real time in epoch milliseconds: receivers refuse timestamps that are minutes off. */
  readonly now: () => number;
  readonly resolve?: Resolve;
}

const LARGEST_BODY = 20_000;
const READ_OF_ANSWER = 16_384;
const THROTTLED = [429, 502, 503, 504];

/** Sends signed webhooks as Standard Webhooks asks: 2xx alone is success, redirects are not followed, 410 is for good. */
export class WebhookChannel {
  private readonly guarded: Agent;
  private readonly exempt: Agent;

  constructor(private readonly settings: WebhookSettings) {
    const { resolve, timeoutMs } = settings;
    // pipelining 0: no connection is kept, each send resolves and checks anew.
    const options = { pipelining: 0, maxHeaderSize: 16_384 };
    const lookup = guardedLookup(resolve);
    this.guarded = new Agent({ ...options, connect: { lookup, timeout: timeoutMs } });
    this.exempt = new Agent({ ...options, connect: { timeout: timeoutMs } });
  }

  /** Within the time that a webhook may take, and not beyond `until`. */
  async deliver(message: WebhookMessage, until?: AbortSignal): Promise<Delivery> {
    const { body, secret, id, address } = message;
    if (Buffer.byteLength(body) >= LARGEST_BODY) return { kind: 'failed', outcome: 'too-large' };
    if (secret === null) return { kind: 'failed', outcome: 'no-secret' };
    try {
      const target = checkedTarget(address, this.settings.policy);
      const signature = signedHeaders(secret, id, this.settings.now(), body);
      const limit = AbortSignal.timeout(this.settings.timeoutMs);
      return await this.post(target, body, signature, until ? AbortSignal.any([limit, until]) : limit);
    } catch (error) {
      return failureOf(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.exempt.destroy()]);
  }

  private async post(
    target: Target,
    body: string,
    signature: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Delivery> {
    const headers = { ...signature, 'content-type': 'application/json', 'user-agent': 'Fineline-Webhooks/1' };
    const dispatcher = target.exempt ? this.exempt : this.guarded;
    const response = await request(target.url, { method: 'POST', body, headers, signal, dispatcher });
    // Only the status counts; what else is said is read so far that an honest answer ends in peace, and kept nowhere.
    await response.body.dump({ limit: READ_OF_ANSWER, signal }).catch(() => undefined);
    return this.verdict(response);
  }

  private verdict({ statusCode, headers }: Dispatcher.ResponseData): Delivery {
    const outcome = `http-${statusCode}`;
    if (statusCode >= 200 && statusCode < 300) return { kind: 'sent', outcome };
    if (statusCode === 410) return { kind: 'gone', outcome, detail: 'the endpoint answered 410 Gone' };
    if (!THROTTLED.includes(statusCode)) return { kind: 'retry', outcome };
    const header = [headers['retry-after']].flat()[0];
    return { kind: 'retry', outcome, notBeforeMs: retryAfterMs(header, this.settings.now()) };
  }
}

function failureOf(error: unknown): Delivery {
  if (error instanceof BadSecret) return { kind: 'failed', outcome: 'bad-secret', detail: error.message };
  const causes = [error, ...(error instanceof AggregateError ? error.errors : [])];
  const refused = causes.find((cause) => cause instanceof RefusedTarget);
  if (refused) return { kind: 'failed', outcome: 'refused-target', detail: (refused as Error).message };
  const { code = '', name = '' } = error as { code?: string; name?: string };
  return { kind: 'retry', outcome: networkOutcome(code, name), detail: code || name };
}

function networkOutcome(code: string, name: string): string {
  if (name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  if (/^(ENOTFOUND|EAI_AGAIN|ENODATA)$/.test(code)) return 'name-unknown';
  if (/CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO/.test(code)) return 'tls';
  return 'network';
}
