// A real browser for end-to-end tests: the system's Chrome or Chromium, else the one inside `@sparticuz/chromium`.
import { existsSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Every launch has a user folder of its own, which goes with it. */
export async function launchBrowser(): Promise<Browser> {
  const candidates = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'];
  const installed = candidates.find((path) => path !== undefined && existsSync(path));
  const executablePath = installed ?? (await sparticuz.executablePath());
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
