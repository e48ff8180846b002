// Writes the JSON Schemas that editors use beside the rulebooks. Run `npm run build` first; a test fails when they are stale.
import { writeFileSync } from 'node:fs';
import { schemaFiles } from '#rulebook';

for (const [name, content] of schemaFiles()) writeFileSync(new URL(`../rulebooks/${name}`, import.meta.url), content);
