// Writes the generated documents below docs/ from the built code: event schemas, event page, AsyncAPI, OpenAPI. Run after `npm run build`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractDocuments } from '../dist/libs/contracts/src/index.js';
import { intakeDocument } from '../dist/apps/intake/src/openapi-document.js';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const documents = {
  ...contractDocuments(readFileSync(path.join(docs, 'events.intro.md'), 'utf8')),
  'openapi-intake.json': await intakeDocument(),
};
for (const [name, text] of Object.entries(documents)) {
  const file = path.join(docs, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`${Object.keys(documents).length} documents written to docs/`);
