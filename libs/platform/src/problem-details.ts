// HTTP errors as RFC 9457 problem details: one shape for every app, never an internal message for a bug.
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException } from '@nestjs/common';
import { AppError } from './errors.js';
import type { Logger } from './logger.js';

/** One thing wrong with an input: where it is (RFC 6901 JSON Pointer) and what; `code` and `values` say it for machines, stable. */
export interface ProblemFault {
  readonly pointer: string;
  readonly detail: string;
  readonly code?: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** The body of an `application/problem+json` answer. */
export interface ProblemDetails {
  /** `urn:fineline:problem:<code>`; stable, for machines. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: readonly ProblemFault[];
  readonly [extension: string]: unknown;
}

/** Throw it to answer with a problem: `code` becomes the type, `detail` is shown to the caller. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    detail: string,
    readonly extensions: Readonly<Record<string, unknown>> & { errors?: readonly ProblemFault[] } = {},
  ) {
    super(detail, status);
  }
}

/** The answer for anything a request can end in. Unknown errors say nothing but 500; their text belongs in the log. */
export function problemOf(error: unknown): ProblemDetails {
  if (error instanceof ProblemException) {
    return problem(error.getStatus(), error.code, error.message, error.extensions);
  }
  if (error instanceof HttpException) return fromHttpException(error);
  if (error instanceof AppError && error.retryable) return problem(503, error.code, 'Try again in a moment.');
  const parser = fromBodyParser(error);
  return parser ?? problem(500, 'internal-error', 'Something went wrong on our side; it has been logged.');
}

function problem(status: number, code: string, detail: string, extensions: object = {}): ProblemDetails {
  return {
    type: `urn:fineline:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...extensions,
  };
}

/** Nest's own exceptions and readiness answers: an object payload keeps its fields as extensions. */
function fromHttpException(error: HttpException): ProblemDetails {
  const status = error.getStatus();
  const payload = error.getResponse();
  const {
    message,
    error: _title,
    statusCode: _status,
    status: _state,
    ...rest
  } = typeof payload === 'object' ? (payload as Record<string, unknown>) : { message: payload };
  const detail = Array.isArray(message) ? message.join('; ') : String(message ?? error.message);
  return problem(status, codeOf(status), detail, rest);
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/g, '-');
}

/** Express body parsers throw plain errors with `status`, `type` and `expose` (http-errors). */
function fromBodyParser(error: unknown): ProblemDetails | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { status, type, expose, message } = error as Record<string, unknown>;
  if (typeof status !== 'number' || status < 400 || status > 499 || expose !== true) return undefined;
  return problem(status, typeof type === 'string' ? type.replaceAll('.', '-') : codeOf(status), String(message));
}

interface ProblemResponse {
  headersSent: boolean;
  status(code: number): this;
  set(headers: Record<string, string>): this;
  send(body: string): unknown;
  end(): unknown;
}

const QUIET_MS = 1_000;

/** Register once per app (`app.useGlobalFilters`). Logs 5xx with an id that the caller sees as `instance`. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly toldAt = new Map<string, number>();

  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ProblemResponse>();
    const request = host.switchToHttp().getRequest<{ method: string; path: string }>();
    const answer = { ...problemOf(error), instance: `urn:uuid:${randomUUID()}` };
    if (answer.status >= 500 && request.path !== '/readyz' && this.isNew(error)) {
      const { method, path } = request;
      this.logger.error({ err: error, instance: answer.instance, method, path }, 'request failed');
    }
    if (response.headersSent) return void response.end();
    const retry: Record<string, string> = answer.status === 503 ? { 'Retry-After': '5' } : {};
    response.status(answer.status).set({ 'Content-Type': 'application/problem+json', ...retry });
    response.send(JSON.stringify(answer));
  }

  /** Under overload thousands a second are refused for one reason, and a line a second says as much. A bug is always told. */
  private isNew(error: unknown): boolean {
    if (!(error instanceof AppError) || !error.retryable) return true;
    const now = performance.now();
    if (now - (this.toldAt.get(error.code) ?? -Infinity) < QUIET_MS) return false;
    this.toldAt.set(error.code, now);
    return true;
  }
}
