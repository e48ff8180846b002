// The last step of `npm run build`: parses the rulebooks that are shipped, so that a start need not.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { PARSED_FILE, parsedFileOf } from '../dist/libs/rulebook/src/read/parsed-before.js';
import { parseYaml } from '../dist/libs/rulebook/src/read/yaml-file.js';

const folder = new URL('../rulebooks/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const texts = names.map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
const files = texts.map(({ name, text }) => ({ text, value: parseYaml(text, name).value }));
writeFileSync(PARSED_FILE, parsedFileOf(files.filter(({ value }) => value !== undefined)));
