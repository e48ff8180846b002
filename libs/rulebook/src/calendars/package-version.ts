import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** `name@version` of an installed package, so that an explanation can say which data a day came from. */
export function packageVersion(name: string): string {
  const { version } = require(`${name}/package.json`) as { version: string };
  return `${name}@${version}`;
}
