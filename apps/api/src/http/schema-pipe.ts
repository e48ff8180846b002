// Queries, parameters and bodies are parsed by the zod schema their decorator names; what is wrong is answered by place.
import { faultsOf } from '#contracts';
import { ProblemException } from '#platform';
import { StandardSchemaValidationPipe } from '@nestjs/common';

/** 400 with a JSON Pointer into the query or body for each fault. */
export function schemaPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues as Issues) });
}

/** Every schema of ours is zod's, whose issues are its own. */
type Issues = Parameters<typeof faultsOf>[0]['issues'];

function invalidRequest(issues: Issues): ProblemException {
  const errors = faultsOf({ issues });
  const what = errors.length === 1 ? 'One value is' : `${errors.length} values are`;
  return new ProblemException(400, 'invalid-request', `${what} not valid.`, { errors });
}
