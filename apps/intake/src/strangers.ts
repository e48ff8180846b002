// Requests of which nobody knows yet whose they are. What they make us ask the record counts for the address they come from, so that guessing
// ends before the record is asked.
import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { ProblemException, RequestLimits } from '#platform';
import { IntakeMetrics } from './intake.metrics.js';
import type { IntakeRequest } from './sender.js';

@Injectable()
export class Strangers {
  constructor(
    @Inject(RequestLimits) private readonly limits: RequestLimits,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
  ) {}

  /** One that shows nothing. Throws 429 with Retry-After where its address has sent too many. */
  count(request: IntakeRequest, response: Response): void {
    try {
      this.limits.spendAsNobody(request.ip, response);
    } catch (error) {
      throw this.noted(error);
    }
  }

  /** `RequestLimits.askAsGuess` for the address of the request. */
  async ask<Answer>(
    request: IntakeRequest,
    response: Response,
    question: () => Promise<Answer>,
    isKnown: (answer: Answer) => boolean,
  ): Promise<Answer> {
    try {
      return await this.limits.askAsGuess(request.ip, response, question, isKnown);
    } catch (error) {
      throw this.noted(error);
    }
  }

  private noted(error: unknown): unknown {
    if (error instanceof ProblemException && error.getStatus() === 429) this.metrics.refusedWhole('address-limited');
    return error;
  }
}
