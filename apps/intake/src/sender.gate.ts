// The first a request meets: turns `Authorization: Bearer fl_…` into the sender and asks for its tenant's turn and rate. All of it before
// the body is read: a stranger's bytes are never looked at.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestMiddleware } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import type { Logger } from '#platform';
import { ProblemException } from '#platform';
import type { KeyVerdict } from '#storage';
import { sendAnswer } from './answer.js';
import { IntakeMetrics } from './intake.metrics.js';
import { LOGGER } from './intake.tokens.js';
import type { GoodKey } from './key-check.js';
import { KeyCheck } from './key-check.js';
import { RequestDesk } from './request-desk.js';
import type { IntakeRequest, Sender } from './sender.js';
import { Strangers } from './strangers.js';

type Early = IncomingMessage & Pick<IntakeRequest, 'sender'>;

@Injectable()
export class SenderGate implements NestMiddleware<IntakeRequest, Response> {
  constructor(
    @Inject(KeyCheck) private readonly keys: KeyCheck,
    @Inject(RequestDesk) private readonly desk: RequestDesk,
    @Inject(Strangers) private readonly strangers: Strangers,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Before Express, which costs about twice as much as the rest of a refusal: a sender whose key is remembered is admitted or refused
   * here. All others are left to `use`.
   */
  async early(request: Early, response: ServerResponse, next: () => void): Promise<void> {
    const known = request.method === 'POST' && this.keys.recall(presentedKey(request) ?? '');
    if (known && known.scopes.includes('write')) await this.admit(senderOf(known), request, response, next);
    else next();
  }

  async use(request: IntakeRequest, response: Response, next: NextFunction): Promise<void> {
    if (request.sender) next();
    else await this.admit(await this.identify(request, response), request, response, next);
  }

  private async admit(sender: Sender, request: Early, response: ServerResponse, next: () => void): Promise<void> {
    const refused = await this.desk.admit(sender, request, response);
    if (refused) return sendAnswer(response, refused);
    request.sender = sender;
    next();
  }

  private async identify(request: IntakeRequest, response: Response): Promise<Sender> {
    const presented = presentedKey(request);
    if (!presented) {
      this.strangers.count(request, response);
      throw this.stranger(request, response, 'missing', 'Send an API key as Authorization: Bearer fl_…');
    }
    const verdict = await this.verdictOn(presented, request, response);
    if (!verdict.ok) throw this.stranger(request, response, verdict.reason, 'The API key is not valid.');
    if (!verdict.scopes.includes('write')) {
      throw new ProblemException(403, 'scope-missing', 'This API key may not send events (scope write).');
    }
    return senderOf(verdict);
  }

  private verdictOn(presented: string, request: IntakeRequest, response: Response): Promise<KeyVerdict> {
    const ask = (): Promise<KeyVerdict> => this.keys.verify(presented);
    return this.keys.expects(presented) ? ask() : this.strangers.ask(request, response, ask, ({ ok }) => ok);
  }

  private stranger(request: IntakeRequest, response: Response, reason: string, detail: string): ProblemException {
    response.setHeader('WWW-Authenticate', 'Bearer');
    this.metrics.unauthenticated();
    this.logger.warn({ reason, path: request.path, address: request.ip }, 'request without a valid key');
    return new ProblemException(401, 'unauthenticated', detail);
  }
}

function presentedKey({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function senderOf({ identity, keyId }: GoodKey): Sender {
  return { identity, label: `key:${keyId}` };
}
