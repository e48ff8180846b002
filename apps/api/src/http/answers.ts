// Says what a route answers, from the same zod schema the page's types come from.
import { Described } from '#platform';
import type { z } from 'zod';

const PROBLEM = { description: 'RFC 9457 problem details', content: { 'application/problem+json': {} } };

/** Documents a route: one sentence, and the schema of its 200 answer. */
export function Answers(summary: string, schema: z.ZodType): MethodDecorator {
  return Described(
    ({ ApiOperation }) => ApiOperation({ summary }),
    ({ ApiResponse }) => ApiResponse({ status: 200, description: 'OK', standardSchema: schema }),
    ({ ApiResponse }) => ApiResponse({ status: '4XX', ...PROBLEM }),
  );
}
