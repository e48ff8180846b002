// The page in a real browser, served by an API of its own with a day to show.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { RunningApi } from '../../apps/api/src/api.fixture.js';
import { launchBrowser } from './browser.js';
import { playDay, playRates } from './web-story.js';

export const WIDE = { width: 1400, height: 900 };
export const NARROW = { width: 390, height: 844 };
const SCREENSHOTS = process.env['FINELINE_SCREENSHOTS'];
/** Playwright gives up after 30 s, which a shared machine may need for a page that is only slow. */
const PATIENCE_MS = 90_000;

type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page itself, and what the browser wrote about it. */
  readonly problems: string[];
}

export class WebPage {
  private constructor(
    readonly api: RunningApi,
    readonly browser: Browser,
    /** Of an ops desk of the tenant `acme`. */
    readonly key: string,
    private readonly webDir: string,
  ) {}

  static async start(): Promise<WebPage> {
    const webDir = await mkdtemp(path.join(tmpdir(), 'fineline-web-'));
    const build = ['build', 'apps/web', '--outDir', webDir, '--emptyOutDir', '--logLevel', 'error'];
    execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', ...build]);
    const api = await RunningApi.start({ webDir, streamsPerTenant: 50 });
    const key = await api.key({ tenantId: 'acme', role: 'ops', name: 'Ops desk' });
    await playDay(api, 'acme');
    await playRates(api, 'acme');
    return new WebPage(api, await launchBrowser(), key, webDir);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.api.close();
    await rm(this.webDir, { recursive: true, force: true });
  }

  async newContext(options: ContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      locale: 'en-US',
      timezoneId: 'America/New_York',
      viewport: WIDE,
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }

  /** Signed in by a key in the address. `before` sees the page while it is still empty. */
  async open(
    options: ContextOptions = {},
    key = this.key,
    before: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<OpenPage> {
    const context = await this.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await before(page);
    await page.goto(`${this.api.url}/#key=${key}`);
    await page.getByRole('grid').waitFor();
    return { page, context, problems };
  }
}

export async function shoot(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS) await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}

export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

export const firstRow = (page: Page): Locator => page.locator('.grid-row').first();
