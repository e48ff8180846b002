import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parsedFileOf } from '../libs/rulebook/src/read/parsed-before.js';
import { parseYaml } from '../libs/rulebook/src/read/yaml-file.js';

const BUILT = 'dist/libs/rulebook/src/read';
const FILES = readdirSync('rulebooks')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `rulebooks/${name}`);

// In a process of its own: what is built is not what this test is made of.
const READ = `
import { readFileSync } from 'node:fs';
import { parsedBefore } from './${BUILT}/parsed-before.js';
import { readYaml } from './${BUILT}/yaml-file.js';
const read = process.argv.slice(1).map((file) => {
  const text = readFileSync(file, 'utf8');
  const { value, faults, lineOf, has } = readYaml(text, file);
  return { isParsed: parsedBefore(text) !== undefined, value, faults, line: lineOf('/title'), has: [has('/title'), has('/gone')] };
});
const changed = readFileSync(process.argv[1], 'utf8') + '# changed';
process.stdout.write(JSON.stringify({ read, isChangedParsed: parsedBefore(changed) !== undefined }));
`;

test('the build has parsed every rulebook, and says of each what parsing it says', () => {
  if (!existsSync(`${BUILT}/parsed-before.json`)) throw new Error('run `npm run build` first: it parses the rulebooks');
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', READ, ...FILES], { encoding: 'utf8' });
  const parsed = FILES.map((file) => parseYaml(readFileSync(file, 'utf8'), file));
  expect(JSON.parse(output)).toEqual({
    read: parsed.map(({ value, lineOf, has }) => {
      return { isParsed: true, value, faults: [], line: lineOf('/title'), has: [has('/title'), has('/gone')] };
    }),
    isChangedParsed: false,
  });
});

test('what JSON does not bring back as it was is left to be parsed', () => {
  const texts = ['a: -0', 'a: .inf', 'a: { b: [1, null, yes] }', ''].map((text) => {
    return { text, value: parseYaml(text, 'x.yaml').value };
  });
  expect(Object.values(JSON.parse(parsedFileOf(texts)) as object)).toEqual([{ a: { b: [1, null, 'yes'] } }, null]);
});
