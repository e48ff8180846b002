// Requests per address and minute, in memory: a guard against accidents and guessing, not against an army.
// (`@nestjs/throttler` 6.7 is CommonJS and cannot be loaded beside Nest 12 everywhere.)
import { ProblemException, systemClock } from '#platform';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';

const WINDOW_MS = 60_000;
const OWN_LIMIT = 'requests per minute';
/** A stricter limit of its own for this route. */
export const LimitTo = (requestsPerMinute: number): MethodDecorator => SetMetadata(OWN_LIMIT, requestsPerMinute);

@Injectable()
export class RateLimitGuard implements CanActivate {
  private counts = new Map<string, number>();
  private windowEndsAt = 0;

  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.options.requestsPerMinute === 0) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const own = this.reflector.get<number | undefined>(OWN_LIMIT, context.getHandler());
    const name = own === undefined ? `${request.ip}` : `${request.ip} ${context.getHandler().name}`;
    if (this.count(name) <= (own ?? this.options.requestsPerMinute)) return true;
    const seconds = Math.ceil((this.windowEndsAt - systemClock.now()) / 1000);
    context.switchToHttp().getResponse<Response>().setHeader('Retry-After', String(seconds));
    throw new ProblemException(429, 'too-many-requests', `Too many requests; try again in ${seconds} s.`);
  }

  private count(name: string): number {
    const now = systemClock.now();
    if (now >= this.windowEndsAt) {
      this.counts = new Map();
      this.windowEndsAt = now + WINDOW_MS;
    }
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return count;
  }
}
