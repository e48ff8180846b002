import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { checkRulebook } from './load-rulebook.js';
import { readRulebooks } from './read/read-rulebooks.js';
import { printFaults } from './rulebook-error.js';
import { schemaFiles } from './schema/schema-files.js';

const { rulebooks, overlays } = readRulebooks('rulebooks');

describe('the rulebooks shipped', () => {
  it('load without a fault', () => {
    const checked = checkRulebook('rulebooks');
    expect('faults' in checked ? printFaults(checked.faults) : '').toBe('');
    expect(rulebooks.length).toBeGreaterThan(10);
  });

  it('name their schema in the first line, so that editors check them', () => {
    const without = [...rulebooks, ...overlays]
      .map(({ source }) => source.file)
      .filter((file) => !/^# yaml-language-server: \$schema=\S+\.schema\.json\n/.test(readFileSync(file, 'utf8')));
    expect(without).toEqual([]);
  });

  it.each([...schemaFiles()])(
    '%s is what the code checks (scripts/rulebook-schemas.mjs writes it)',
    (name, content) => {
      expect(readFileSync(`rulebooks/${name}`, 'utf8')).toBe(content);
    },
  );

  it('are valid under the published JSON Schema too, and a misspelt field is not', () => {
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync('rulebooks/rulebook.schema.json', 'utf8')) as object);
    const invalid = rulebooks.filter(({ source }) => !validate(source.value)).map(({ source }) => source.file);
    expect(invalid).toEqual([]);
    expect(validate({ ...(rulebooks[0]!.source.value as object), clok: 1 })).toBe(false);
  });
});
