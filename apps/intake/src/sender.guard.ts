// Turns `Authorization: Bearer fl_…` into the sender. Runs before the body is read: a stranger's bytes are never looked at.
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from '#platform';
import { ProblemException } from '#platform';
import { IntakeMetrics } from './intake.metrics.js';
import { LOGGER } from './intake.tokens.js';
import { KeyCheck } from './key-check.js';
import type { IntakeRequest } from './sender.js';

@Injectable()
export class SenderGuard implements CanActivate {
  constructor(
    @Inject(KeyCheck) private readonly keys: KeyCheck,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IntakeRequest>();
    const presented = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!presented) throw this.refused(context, 'missing', 'Send an API key as Authorization: Bearer fl_…');
    const verdict = await this.keys.verify(presented);
    if (!verdict.ok) throw this.refused(context, verdict.reason, 'The API key is not valid.');
    if (!verdict.scopes.includes('write')) {
      throw new ProblemException(403, 'scope-missing', 'This API key may not send events (scope write).');
    }
    request.sender = { identity: verdict.identity, label: `key:${verdict.keyId}` };
    return true;
  }

  private refused(context: ExecutionContext, reason: string, detail: string): ProblemException {
    const request = context.switchToHttp().getRequest<IntakeRequest>();
    context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer');
    this.metrics.unauthenticated();
    this.logger.warn({ reason, path: request.path, address: request.ip }, 'request without a valid key');
    return new ProblemException(401, 'unauthenticated', detail);
  }
}
