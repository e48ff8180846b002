// Reads the body as bytes, after the guard: signatures and quarantine need it as it came. Inflates gzip, deflate and br, and
// stops at the limit on what comes out, so that a small bomb stays small.
import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { Injectable, mixin } from '@nestjs/common';
import { raw } from 'express';
import type { Response } from 'express';
import type { Observable } from 'rxjs';
import type { IntakeRequest } from './sender.js';

export const BODY_LIMIT = 1_048_576;
export const CSV_LIMIT = 8 * 1_048_576;

/** Where a host application has already kept `rawBody` (Nest's `rawBody: true`), that is used. */
export function RawBody(limit: number): Type<NestInterceptor> {
  const read = raw({ type: () => true, limit, inflate: true });

  @Injectable()
  class RawBodyInterceptor implements NestInterceptor {
    async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
      const http = context.switchToHttp();
      const request = http.getRequest<IntakeRequest>();
      if (!request.rawBody) {
        await new Promise<void>((resolve, reject) => {
          read(request, http.getResponse<Response>(), (error?: unknown) =>
            error ? reject(error as Error) : resolve(),
          );
        });
        request.rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      }
      return next.handle();
    }
  }
  return mixin(RawBodyInterceptor);
}
