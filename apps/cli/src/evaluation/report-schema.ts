import { z } from 'zod';
import { evaluateReport } from './report.js';

/** JSON Schema (2020-12) of the document, as text for docs/schemas/evaluate.schema.json. */
export function evaluateSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(evaluateReport), null, 2)}\n`;
}
