// Requests of which nobody knows yet whose they are. What they make us ask the record counts for the address they come from, so that guessing
// ends before the record is asked.
import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { ProblemException, RequestLimits, clientNetwork } from '#platform';
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
    this.spend(`${clientNetwork(request.ip)} nobody`, response);
  }

  /** Asks the record; what `isKnown` says of the answer decides whether it was a guess. Throws 429 with Retry-After before it asks where its address has guessed too often. */
  async ask<Answer>(
    request: IntakeRequest,
    response: Response,
    question: () => Promise<Answer>,
    isKnown: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const payer = `${clientNetwork(request.ip)} guess`;
    this.spend(payer, response);
    const answer = await question();
    if (isKnown(answer)) this.limits.giveBack(payer);
    return answer;
  }

  private spend(payer: string, response: Response): void {
    try {
      this.limits.spend(payer, response);
    } catch (error) {
      if (error instanceof ProblemException) this.metrics.refusedWhole('address-limited');
      throw error;
    }
  }
}
