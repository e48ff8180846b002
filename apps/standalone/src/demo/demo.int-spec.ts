// The first command of the README, its day much faster.
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runDemo } from './demo.js';

const HOUR = 3_600_000;
let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'fineline-demo-'));
  // Started by root, the embedded server runs as another user.
  chmodSync(home, 0o755);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function demo(real?: () => number): Promise<string> {
  const said: string[] = [];
  await runDemo({
    ...{ home: path.join(home, 'demo'), rulebooksDir: 'rulebooks', webDir: 'dist/web', port: 0 },
    ...{ speed: 20_000, seed: 7, fresh: false, once: true },
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    ...(real && { real }),
  });
  return said.join('\n');
}

/** Message-IDs of the mails in the demo's inbox: one that was sent twice is there twice. */
function mailIds(): string[] {
  const inbox = path.join(home, 'demo', 'inbox');
  return readdirSync(inbox).flatMap(
    (name) => /^Message-ID: .*$/m.exec(readFileSync(path.join(inbox, name), 'utf8')) ?? [],
  );
}

it('shows a day with money on it, goes on after a stop, and after a start that was killed before it noted what it had fed', async () => {
  const first = await demo();
  expect(first).toMatch(/of \d{4} past events tracked/);
  expect(first).toMatch(/The last 24 hours:\n[^]*USD/);
  const ids = mailIds();
  expect(ids.length).toBeGreaterThan(2);
  expect(ids.length).toBe(new Set(ids).size);
  expect(await demo()).toContain('The last 24 hours:');
  const file = path.join(home, 'demo', 'demo.json');
  const memory = JSON.parse(readFileSync(file, 'utf8')) as { fedUntil: number };
  writeFileSync(file, JSON.stringify({ ...memory, fedUntil: memory.fedUntil - 20 * HOUR }));
  // At the instant of the last feed: seconds later a scan or two may be new, which is progress to tell of.
  const killed = await demo(() => memory.fedUntil);
  expect(killed).not.toContain('past events tracked');
  expect(killed).toContain('The last 24 hours:');
}, 240_000);
