// Requests per minute, in memory: a guard against accidents and guessing, not against an army.
// (`@nestjs/throttler` 6.7 is CommonJS and cannot be loaded beside Nest 12 everywhere.)
import { ProblemException, systemClock } from '#platform';
import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { Response } from 'express';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';

const WINDOW_MS = 60_000;
export const OWN_LIMIT = 'requests per minute';
/** A stricter limit for this route, which is open to all. */
export const LimitTo = (requestsPerMinute: number): MethodDecorator => SetMetadata(OWN_LIMIT, requestsPerMinute);

@Injectable()
export class RequestLimits {
  private counts = new Map<string, number>();
  private windowEndsAt = 0;

  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  /** Counts a request for `payer`. Throws 429, with Retry-After on the response, beyond `limit`, else the limit of everybody. */
  spend(payer: string, response: Response, limit = this.options.requestsPerMinute): void {
    if (this.options.requestsPerMinute === 0) return;
    this.turn();
    const count = (this.counts.get(payer) ?? 0) + 1;
    this.counts.set(payer, count);
    if (count <= limit) return;
    const seconds = Math.ceil((this.windowEndsAt - systemClock.now()) / 1000);
    response.setHeader('Retry-After', String(seconds));
    throw new ProblemException(429, 'too-many-requests', `Too many requests; try again in ${seconds} s.`);
  }

  /** Takes back what was spent for another's account. */
  giveBack(payer: string): void {
    const count = this.counts.get(payer);
    if (count) this.counts.set(payer, count - 1);
  }

  private turn(): void {
    const now = systemClock.now();
    if (now < this.windowEndsAt) return;
    this.counts = new Map();
    this.windowEndsAt = now + WINDOW_MS;
  }
}
