// What the demo remembers between two starts: when its day began, how far it was fed, its keys.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoKeys } from './demo-tenant.js';

export interface DemoMemory {
  /** Real time of the first start, UTC epoch ms; the simulated stretch ends here. */
  readonly anchor: number;
  readonly fedUntil: number;
  readonly sessionSecret: string;
  readonly keys?: DemoKeys;
}

export class DemoFolder {
  private readonly file: string;

  constructor(readonly path: string) {
    this.file = join(path, 'demo.json');
  }

  read(): DemoMemory | undefined {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as DemoMemory) : undefined;
  }

  write(memory: DemoMemory): void {
    mkdirSync(this.path, { recursive: true });
    writeFileSync(this.file, JSON.stringify(memory, null, 2), { mode: 0o600 });
  }

  /** Begins anew: everything in the folder is deleted. */
  clear(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
