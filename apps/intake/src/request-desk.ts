// What every request of a sender passes: its tenant's turn, rate and room, and its Idempotency-Key (draft-ietf-httpapi-idempotency-key-header: 409 while the first
// is in progress, 422 for another payload, the stored answer afterwards).
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#platform';
import { ProblemException } from '#platform';
import type { DataSource } from '#storage';
import { IdempotencyStore, withService } from '#storage';
import type { Answer } from './answer.js';
import { problemAnswer } from './answer.js';
import { BodyRoom } from './body-room.js';
import type { IntakeSettings } from './intake.config.js';
import { FairTurns } from './fair-turns.js';
import { IntakeMetrics } from './intake.metrics.js';
import { CLOCK, DATA_SOURCE, SETTINGS } from './intake.tokens.js';
import { bodyBytes } from './raw-body.js';
import type { IntakeRequest, Sender } from './sender.js';
import { TokenBuckets } from './token-buckets.js';

/** Requests of one tenant: about a second of work. */
const MAX_WAITING = 1_000;

@Injectable()
export class RequestDesk {
  private readonly keys = new IdempotencyStore();
  private readonly buckets: TokenBuckets;
  private readonly room: BodyRoom;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(CLOCK) clock: Clock,
    @Inject(SETTINGS) settings: IntakeSettings,
    @Inject(FairTurns) private readonly turns: FairTurns,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
  ) {
    this.buckets = new TokenBuckets(clock, settings.eventsPerSecond, settings.burstEvents);
    this.room = new BodyRoom(settings.bodies);
  }

  /**
   * Resolves when it is the tenant's turn. 429 where not even one event is within its rate, too many of its requests wait already, or too
   * much of it is being worked on: asked before anything is read, so that refusing costs little. Refusing takes a turn too, or refusals would be
   * what others wait for. The room for the body is given back when it is answered or its connection lost.
   */
  async admit(
    { identity: { tenantId } }: Sender,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer | undefined> {
    if (this.turns.waitingOf(tenantId) >= MAX_WAITING) return this.tooManyFor(1);
    await this.turns.next(tenantId);
    return this.tooManyFor(this.buckets.wait(tenantId)) ?? this.takeRoom(tenantId, request, response);
  }

  /** 429 with the seconds to wait, or undefined when `events` more are within the tenant's rate. */
  tooMany({ identity }: Sender, events: number): Answer | undefined {
    return this.tooManyFor(this.buckets.take(identity.tenantId, Math.max(1, events)));
  }

  private takeRoom(tenantId: string, request: IncomingMessage, response: ServerResponse): Answer | undefined {
    const { socket } = request;
    // Gone while it waited for its turn: nothing of it is read, and nothing tells again that it is gone.
    if (socket.destroyed) return undefined;
    const bytes = bodyBytes(request);
    const isFull = this.room.enter(tenantId, bytes);
    if (isFull) {
      this.metrics.refusedWhole('no-room');
      const detail = 'Too much is being sent at once; try again in 1 s.';
      return { ...problemAnswer(isFull === 'all' ? 503 : 429, 'no-room', detail), headers: { 'Retry-After': '1' } };
    }
    // The answer to a pipelined request is not told when its connection is lost.
    const leave = (): void => {
      response.off('close', leave);
      socket.off('close', leave);
      this.room.leave(tenantId, bytes);
    };
    response.once('close', leave);
    socket.once('close', leave);
    return undefined;
  }

  private tooManyFor(waitSeconds: number): Answer | undefined {
    if (waitSeconds === 0) return undefined;
    this.metrics.refusedWhole('rate-limited');
    const detail = `More events than this tenant may send; try again in ${waitSeconds} s.`;
    return { ...problemAnswer(429, 'rate-limited', detail), headers: { 'Retry-After': String(waitSeconds) } };
  }

  /** Does the work once per Idempotency-Key and tenant; without the header it just does it. */
  async once(request: IntakeRequest, sender: Sender, work: () => Promise<Answer>): Promise<Answer> {
    const key = idempotencyKey(request);
    if (key === undefined) return work();
    const { tenantId } = sender.identity;
    const outcome = await this.run((tx) => this.keys.begin(tx, tenantId, key, payloadHash(request, sender)));
    switch (outcome.kind) {
      case 'done':
        return { status: outcome.status, body: outcome.response as object, headers: { 'Idempotent-Replayed': 'true' } };
      case 'in-progress':
        return this.conflict(
          409,
          'idempotency-in-progress',
          'The first request with this Idempotency-Key is still being done.',
        );
      case 'other-payload':
        return this.conflict(422, 'idempotency-mismatch', 'This Idempotency-Key was used with another payload.');
      case 'new':
        return this.first(tenantId, key, work);
    }
  }

  private async first(tenantId: string, key: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await work();
      // A sender that was too fast is to try again under the same key.
      if (answer.status === 429) await this.run((tx) => this.keys.release(tx, tenantId, key));
      else
        await this.run((tx) => this.keys.finish(tx, tenantId, key, { status: answer.status, response: answer.body }));
      return answer;
    } catch (error) {
      await this.run((tx) => this.keys.release(tx, tenantId, key)).catch(() => undefined);
      throw error;
    }
  }

  private run<Result>(work: Parameters<typeof withService<Result>>[1]): Promise<Result> {
    return withService(this.dataSource, work);
  }

  private conflict(status: number, code: string, detail: string): Answer {
    this.metrics.refusedWhole('idempotency');
    return problemAnswer(status, code, detail);
  }
}

/** A structured-field string (`"…"`) or the bare text of one. */
function idempotencyKey(request: IntakeRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = /^"((?:[^"\\]|\\.)*)"$/.exec(String(header))?.[1] ?? String(header);
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new ProblemException(
    400,
    'idempotency-key-invalid',
    'Idempotency-Key must be 1 to 255 visible ASCII characters.',
  );
}

/** Covers who sends and to where, so that two people of a tenant do not read each other's answers. */
function payloadHash(request: IntakeRequest, { label }: Sender): Buffer {
  const hash = createHash('sha256').update(JSON.stringify([label, request.method, request.originalUrl]));
  const described = Object.entries(request.headers).filter(
    ([name]) => name === 'content-type' || name.startsWith('ce-'),
  );
  return hash
    .update(JSON.stringify(described.sort()))
    .update(request.rawBody ?? '')
    .digest();
}
