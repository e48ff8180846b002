// Writes the pages made from the command line and the rulebooks. Run `npm run build` first; a test fails when they are stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRulebooks } from '#rulebook';
import { evaluateSchemaText } from '../dist/apps/cli/src/evaluation/report-schema.js';
import { rulebookTable } from '../dist/apps/cli/src/rules/rulebook-table.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = {
  'docs/schemas/evaluate.schema.json': evaluateSchemaText(),
  'docs/domain/rulebooks.md': rulebookTable(readRulebooks(path.join(root, 'rulebooks')).documents),
};
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
