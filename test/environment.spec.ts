// `.env.example` and the schemas of the apps say the same.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PROCESSES, VARIABLES, fieldsOf } from './environment-schemas.js';

interface Line {
  readonly variable: string;
  readonly value: string;
  readonly commented: boolean;
}

const text = readFileSync('.env.example', 'utf8');
const lines: Line[] = [...text.matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, mark, variable, value]) => ({
  variable: variable!,
  value: value!,
  commented: mark !== undefined,
}));
const byName = (variable: string): Line => lines.find((line) => line.variable === variable)!;
// As `readEnvironment` does: empty text counts as unset.
const read = (value: string): string | undefined => value || undefined;

describe('.env.example', () => {
  it('knows the schema of every process that reads the environment', () => {
    const readers = readdirSync('apps', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('web/'))
      .flatMap((file) => /(?:loadConfig|startProcess)\('(\w+)'/.exec(readFileSync(`apps/${file}`, 'utf8'))?.[1] ?? []);
    // `fineline` is the administrator's commands, which read DATABASE_URL alone.
    expect(readers.filter((name) => name !== 'fineline').sort()).toEqual(Object.keys(PROCESSES).sort());
  });

  it('lists every variable of the schemas once, and no other', () => {
    expect(lines.map(({ variable }) => variable).sort()).toEqual(VARIABLES);
  });

  it.each(VARIABLES)('%s: sets what must be set, and shows the default of the rest', (variable) => {
    const { value, commented } = byName(variable);
    for (const field of fieldsOf(variable)) {
      const absent = field.safeParse(undefined);
      const given = field.safeParse(read(value));
      expect(commented).toBe(absent.success);
      // Only a secret is left empty: one that everybody can read would be worse than none.
      expect(given.success).toBe(value !== '' || absent.success);
      if (absent.success) expect(given.data).toEqual(absent.data);
    }
  });
});
