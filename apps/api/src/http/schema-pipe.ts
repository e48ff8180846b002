// Queries, parameters and bodies are parsed by the zod schema their decorator names; what is wrong is answered by place.
import { pointerOf } from '#contracts';
import { ProblemException } from '#platform';
import { StandardSchemaValidationPipe } from '@nestjs/common';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

/** 400 with a JSON Pointer into the query or body for each fault. */
export function schemaPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues) });
}

function invalidRequest(issues: readonly Issue[]): ProblemException {
  const errors = issues.map((issue) => ({
    pointer: pointerOf((issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))),
    detail: issue.message,
  }));
  const what = errors.length === 1 ? 'One value is' : `${errors.length} values are`;
  return new ProblemException(400, 'invalid-request', `${what} not valid.`, { errors });
}
