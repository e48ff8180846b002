import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseTemplate } from './test-database.js';

const libs = fileURLToPath(new URL('../../', import.meta.url));

/** The schema as `#storage` migrates it. Any change in the code of storage or log makes a new template. */
export function migratedTemplate(): DatabaseTemplate {
  return {
    version: contentHash([path.join(libs, 'storage', 'src'), path.join(libs, 'log', 'src')]),
    async prepare(url) {
      const storage: object = await import('#storage');
      if (!hasMigrate(storage)) throw new Error('#storage exports no migrate(url)');
      await storage.migrate(url);
    },
  };
}

/** Twelve hexadecimal characters that change when a file below one of the folders does. */
export function contentHash(folders: string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (/\.(ts|js|sql)$/.test(file)) hash.update(file).update(readFileSync(path.join(folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 12);
}

function hasMigrate(module: object): module is { migrate(url: string): Promise<void> } {
  return 'migrate' in module && typeof module.migrate === 'function';
}
