import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningApi } from '../../apps/api/src/api.fixture.js';
import { placed, scanned } from '../../apps/api/src/api.fixture.js';
import { faultAt, wrong } from '#contracts';
import { eventually } from '#testing';
import type { OpenPage } from './web-page.js';
import { NARROW, WIDE, WebPage, firstRow, shoot, violations } from './web-page.js';

let web: WebPage;
let api: RunningApi;
const open = (options?: Parameters<WebPage['open']>[0]): Promise<OpenPage> => web.open(options);

beforeAll(async () => {
  web = await WebPage.start();
  api = web.api;
  await api.dataSource.query(
    `INSERT INTO quarantine (tenant_id, channel, reason, faults, raw) VALUES ('acme', 'log', 'invalid-event', $1, $2)`,
    [
      JSON.stringify([faultAt('/data/occurredAt', wrong('not-an-instant', { reason: 'instant-none' }))]),
      Buffer.from('{"id":"x"}'),
    ],
  );
}, 120_000);
afterAll(() => web?.stop());

describe('the page', () => {
  it('asks for a key, refuses a wrong one, and lets the right one in', async () => {
    const context = await web.newContext();
    const page = await context.newPage();
    await page.goto(`${api.url}/some/deep/link`);
    await page.getByLabel('API key').fill('fl_test_wrong');
    await shoot(page, 'sign-in');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'not known' }).waitFor();
    await page.getByLabel('API key').fill(web.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('grid').waitFor();
    await context.close();
  });

  it('shows the money first, takes the key out of the address, and breaks no rule of its own', async () => {
    const { page, context, problems } = await open({ timezoneId: 'Asia/Shanghai' });
    expect(page.url()).not.toContain('key');
    await page.getByText('Expected loss').first().waitFor();
    // The organisation's midnight in its own zone, wherever one reads it.
    await page
      .getByText(/since \w+ \d+, 00:00 E[SD]T/)
      .first()
      .waitFor();
    expect(await page.locator('.figure.risk .amount').first().innerText()).toMatch(/^USD\s[\d,]+\.\d\d$/);
    await page.locator('.live.on').waitFor();
    await shoot(page, 'wide-en');
    expect(await violations(page)).toEqual([]);
    expect(problems.filter((text) => !text.includes('401'))).toEqual([]);
    await context.close();
  });

  it('says why a deadline is what it is', async () => {
    const { page, context } = await open();
    await firstRow(page).click();
    const panel = page.getByRole('complementary');
    await panel.locator('.deadline').first().waitFor();
    expect(await panel.locator('.explanation').first().locator('li').count()).toBeGreaterThan(2);
    expect(await panel.locator('.provenance').first().innerText()).toContain('version');
    await panel.getByRole('button', { name: 'in 6 h' }).click();
    await panel
      .getByText(/^Scanned at|: (met|open|missed), fine USD/)
      .first()
      .waitFor();
    await shoot(page, 'shipment-en');
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

  it('works by keyboard: move, acknowledge with a comment, select, open and close', async () => {
    const { page, context } = await open();
    await firstRow(page).focus();
    for (const key of 'jjk') await page.keyboard.press(key);
    const focused = "document.activeElement?.getAttribute('data-index')";
    await eventually(async () => expect(await page.evaluate(focused)).toBe('1'));
    const order = await page.locator('.grid-row[data-index="1"] .cell-order .id').first().innerText();
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Comment').fill('called the carrier');
    await shoot(page, 'acknowledge');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('1 changed').waitFor();
    const [row] = await api.dataSource.query(
      'SELECT status, note FROM escalation WHERE order_id = $1 ORDER BY acknowledged_at LIMIT 1',
      [order],
    );
    expect(row).toEqual({ status: 'acknowledged', note: 'called the carrier' });
    await firstRow(page).focus();
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.deadline').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tablist').waitFor();
    await context.close();
  });

  it('filters, and says so when nothing is left', async () => {
    const { page, context } = await open();
    await page.getByRole('search').getByLabel('Warehouse').selectOption('CA-1');
    const shown = "[...document.querySelectorAll('.cell-where > span')].every((cell) => cell.textContent === 'CA-1')";
    await eventually(async () => expect(await page.evaluate(shown)).toBe(true));
    await page.getByRole('searchbox').fill('no-such-order');
    await page.getByText('No row matches').waitFor();
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

  it('moves by itself when a scan arrives', async () => {
    const { page, context } = await open();
    await page.locator('.live.on').waitFor();
    await page.getByRole('button', { name: 'All open' }).click();
    await api.happen('acme', placed('FRESH-1', api.clock.now() - 3_600_000, { unitPriceMinor: 99_900 }));
    await page.locator('.cell-order', { hasText: 'FRESH-1' }).first().waitFor();
    await api.happen('acme', [
      'parcel.labelled',
      { orderId: 'FRESH-1', trackingNumber: '1ZFRESH', uploadedAt: api.clock.now() },
      api.clock.now(),
    ]);
    await api.happen('acme', scanned('1ZFRESH', api.clock.now()), scanned('1ZFRESH', api.clock.now(), 'delivered'));
    await page.locator('.cell-order', { hasText: 'FRESH-1' }).first().waitFor({ state: 'detached' });
    await context.close();
  });

  it('speaks Chinese from the first screen', async () => {
    const { page, context } = await open({ locale: 'zh-CN' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
    await page.getByText('预期损失').first().waitFor();
    await firstRow(page).click();
    await page.locator('.deadline').first().waitFor();
    expect(await page.locator('.explanation').first().innerText()).toMatch(/[\u4e00-\u9fff]/);
    const formulas = await page.locator('.formula').allInnerTexts();
    expect(formulas.length).toBeGreaterThan(0);
    for (const formula of formulas) expect(formula).not.toMatch(/max|min|cap|floor/);
    await shoot(page, 'shipment-zh');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('Expected loss').first().waitFor();
    await context.close();
  });

  it.each([
    ['en-US', 'Late budget', '5 more late orders until the limit', 'budget-en'],
    ['zh-CN', '迟发余量', '距界限还可迟发 5 单', 'budget-zh'],
  ])('says how many late orders a shop can afford (%s)', async (locale, tab, left, picture) => {
    const { page, context, problems } = await open({ locale });
    await page.getByRole('tab', { name: tab }).focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('tabpanel');
    await panel.getByText(left).waitFor();
    expect(await panel.getByRole('img').first().getAttribute('aria-label')).toMatch(/10%/);
    expect(await panel.innerText()).toMatch(/USD\s[\d.]+/);
    await panel.locator('summary').first().click();
    expect(await panel.locator('.explanation li').count()).toBeGreaterThan(3);
    await panel.locator('summary').first().click();
    await shoot(page, picture);
    expect(await violations(page)).toEqual([]);
    expect(problems.filter((text) => !text.includes('401'))).toEqual([]);
    await context.close();
  });

  it('holds what could not be read, and shows how to send something', async () => {
    const { page, context } = await open();
    await page.getByRole('tab', { name: /Held/ }).click();
    await page.getByText('/data/occurredAt').waitFor();
    await page.getByText('not a valid instant: no such date or time').waitFor();
    await shoot(page, 'held');
    await page.getByRole('button', { name: '中文' }).click();
    const entry = page.locator('.held > li').first();
    await entry.getByText('时间无效：没有这样的日期或时间').waitFor();
    expect((await entry.innerText()).replace('/data/occurredAt', '')).not.toMatch(/[a-z]{4}/);
    await entry.getByRole('button', { name: '忽略' }).click();
    await entry.getByRole('textbox').fill('\u202e');
    await entry.getByRole('button', { name: '忽略' }).last().click();
    await entry.getByText('填写的内容无效。 原因：含有控制字符或双向文本控制字符。').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('tab', { name: 'Try it' }).click();
    await page.getByText('curl').first().waitFor();
    await shoot(page, 'try');
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

  it('tells that an entry is settled, and keeps a place for the keyboard', async () => {
    await api.dataSource.query(
      `INSERT INTO quarantine (tenant_id, channel, reason, faults, raw) VALUES ('acme', 'csv', 'gone soon', '[]', '{}')`,
    );
    const { page, context } = await open();
    await page.getByRole('tab', { name: /Held/ }).click();
    const entry = page.locator('.held > li', { hasText: 'gone soon' });
    await entry.getByText('Row of a CSV file').waitFor();
    await entry.getByRole('button', { name: 'Dismiss' }).click();
    await entry.getByRole('textbox').fill('not ours');
    await entry.getByRole('button', { name: 'Dismiss' }).last().press('Enter');
    await page.getByRole('status').filter({ hasText: 'Dismissed.' }).waitFor({ state: 'attached' });
    await entry.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.id')).toBe('side-panel');
    await context.close();
  });

  it.each([
    [{ role: 'seller' as const, sellerId: 'seller-2' }, ['Exposure', 'Try it']],
    [{ role: 'warehouse' as const, warehouseId: 'NJ-1' }, ['Exposure']],
  ])('offers %o only what has something for it', async (who, tabs) => {
    const key = await api.key({ tenantId: 'acme', name: 'Somebody', ...who });
    const { page, context } = await web.open({}, key);
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(tabs);
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

  it('fits a phone, in the dark', async () => {
    const { page, context } = await open({ viewport: NARROW, colorScheme: 'dark' });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    await shoot(page, 'narrow-dark');
    expect(await violations(page)).toEqual([]);
    await firstRow(page).hover();
    expect(await firstRow(page).locator('.cell-actions').isVisible()).toBe(false);
    await firstRow(page).click();
    await page.locator('.deadline').first().waitFor();
    await shoot(page, 'narrow-shipment-dark');
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

  it.each(['en-US', 'zh-CN'])('cuts off no time, zone, amount or order number of a row (%s)', async (locale) => {
    const { page, context } = await open({ locale, viewport: WIDE });
    for (const width of [390, 700, 820, 1280, 1400]) {
      await page.setViewportSize({ width, height: WIDE.height });
      const cut = await page
        .locator('.cell-left > *, .cell-fine > *, .cell-order > *')
        .evaluateAll((cells) =>
          cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
        );
      expect({ width, cut }).toEqual({ width, cut: [] });
    }
    await context.close();
  });

  it('breaks no sum of money over two lines, nor cuts it', async () => {
    const { page, context } = await open({ viewport: WIDE });
    for (const width of [390, 700, 820, 1280, 1400]) {
      await page.setViewportSize({ width, height: WIDE.height });
      const broken = await page.locator('.figure:not(.cliff) .amount').evaluateAll((amounts) =>
        amounts.flatMap((amount) => {
          const said = amount.textContent;
          amount.textContent = 'U';
          const oneLine = amount.clientHeight;
          amount.textContent = 'USD\u00a012,176.17';
          const lines = Math.round(amount.clientHeight / oneLine);
          const isCut = amount.scrollWidth > amount.clientWidth;
          amount.textContent = said;
          return lines > 1 || isCut ? [said] : [];
        }),
      );
      expect({ width, broken }).toEqual({ width, broken: [] });
    }
    await context.close();
  });

  it('stays quick with ten thousand rows', async () => {
    await api.dataSource.query(
      `INSERT INTO escalation (tenant_id, order_id, rule_id, due_at, step, platform, seller_id, warehouse_id, amount_minor, expected_minor, currency, raised_at)
       SELECT 'big', 'O-' || n, 'TEMU-US-1', '2026-03-04T00:00:00Z', 't-4h', 'temu', 's', 'NJ-1', 500 + n, n, 'USD', now()
       FROM generate_series(1, 10000) n`,
    );
    const bigKey = await api.key({ tenantId: 'big', role: 'ops', name: 'Big' });
    const context = await web.newContext();
    const page = await context.newPage();
    await page.goto(`${api.url}/#key=${bigKey}`);
    await page.getByRole('grid').waitFor();
    const scroller = page.locator('.grid-body');
    const scrollDown = `(() => {
      const body = document.querySelector('.grid-body');
      body.scrollTop = body.scrollHeight;
      return document.querySelector('.queue .count').textContent;
    })()`;
    await eventually(async () => expect(await page.evaluate(scrollDown)).toBe('10,000 rows'), { timeoutMs: 45_000 });
    expect(await scroller.locator('.grid-row').count()).toBeLessThan(60);
    await context.close();
  });
});
