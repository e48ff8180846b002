// The page while somebody works with it: changes arrive, colleagues act, the server is away.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import type { Page } from 'playwright-core';
import type { RunningApi } from '../../apps/api/src/api.fixture.js';
import { placed } from '../../apps/api/src/api.fixture.js';
import { orderUrl } from '../../apps/notify/src/content/told.js';
import { WIDE, WebPage, firstRow } from './web-page.js';

const HOUR_MS = 3_600_000;
let web: WebPage;
let api: RunningApi;

beforeAll(async () => {
  web = await WebPage.start();
  api = web.api;
}, 120_000);
afterAll(() => web?.stop());

const queueRow = (page: Page, order: string) => page.locator('.grid-row', { hasText: order });
/** Nothing is asked for because half a minute has passed, which a slow machine may need for any step. */
const withoutPolling = (page: Page): Promise<unknown> =>
  page.addInitScript(`(() => {
    const start = window.setInterval;
    window.setInterval = (work, ms, ...more) => (ms < 30_000 ? start(work, ms, ...more) : 0);
  })()`);
const focusedOrder = (page: Page): Promise<string> =>
  page.evaluate(`document.activeElement.querySelector('.cell-order .id').textContent`);
const withClock = (page: Page): Promise<void> => page.clock.install();

/** An order whose deadline nears, so that it stands in the queue: with `isDear` before all others. */
async function raise(orderId: string, { isDear = false, warehouseId = 'NJ-1' } = {}): Promise<void> {
  await api.happen('acme', placed(orderId, api.clock.now() - 24 * HOUR_MS, { warehouseId }));
  await api.raiseDue();
  if (isDear) await api.dataSource.query('UPDATE escalation SET expected_minor = 9e9 WHERE order_id = $1', [orderId]);
}

/** As when its deadline is met: the row leaves the queue. */
async function settle(orderId: string): Promise<void> {
  await api.dataSource.query(`UPDATE escalation SET status = 'resolved' WHERE order_id = $1`, [orderId]);
  await api.happen('acme', placed(`AFTER-${orderId}`, api.clock.now()));
}

/** As when somebody comes back to the tab. */
const comeBack = (page: Page): Promise<unknown> =>
  page.evaluate(`document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`);

describe('requests', () => {
  it('reads again after a change what it may touch, and not the names to filter by or what is held', async () => {
    const { page, context } = await web.open({}, web.key, withoutPolling);
    await page.locator('.live.on').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().replace(api.url, '')));
    await api.happen('acme', placed('SEEN-1', api.clock.now()));
    await eventually(() => expect(asked).toContain('/v1/feeds'));
    await eventually(() => expect(asked.some((path) => path.startsWith('/v1/escalations'))).toBe(true));
    expect([...new Set(asked)].filter((path) => !path.startsWith('/v1/escalations')).sort()).toEqual([
      '/v1/exposure/cliffs?hours=24',
      '/v1/exposure?groupBy=none',
      '/v1/exposure?groupBy=platform',
      '/v1/feeds',
    ]);
    await context.close();
  });

  it('reads nothing for a tab that nobody sees, and everything once it is looked at', async () => {
    const { page, context } = await web.open();
    await page.locator('.live.on').waitFor();
    const seen = (state: 'hidden' | 'visible'): Promise<unknown> =>
      page.evaluate(`Object.defineProperties(document, {
        hidden: { value: ${state === 'hidden'}, configurable: true },
        visibilityState: { value: '${state}', configurable: true } })`);
    await seen('hidden');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await api.happen('acme', placed('UNSEEN-1', api.clock.now()));
    await page.getByText(/\d changes? arrived/).waitFor({ state: 'attached' });
    expect(asked).toEqual([]);
    await seen('visible');
    await comeBack(page);
    await eventually(() => expect(asked.some((url) => url.endsWith('groupBy=none'))).toBe(true));
    await eventually(() => expect(asked.some((url) => url.includes('/v1/escalations'))).toBe(true));
    await context.close();
  });
});

describe('the queue in use', () => {
  it('acts on the row that has the focus, wherever changes move it', async () => {
    const { page, context } = await web.open();
    await page.locator('.live.on').waitFor();
    await page.locator('.grid-row[data-index="2"]').focus();
    const order = await focusedOrder(page);
    await raise('ABOVE-1', { isDear: true });
    await queueRow(page, 'ABOVE-1').first().waitFor();
    expect(await focusedOrder(page)).toBe(order);
    await page.keyboard.press('a');
    await page.getByRole('dialog', { name: `Acknowledge ${order}` }).waitFor();
    await settle('ABOVE-1');
    await context.close();
  });

  it('keeps a place for the keyboard when the row goes, when a shipment is closed and after acting on many', async () => {
    await raise('GOES-1', { isDear: true });
    const { page, context } = await web.open();
    const focused = (): Promise<string | null> =>
      page.evaluate(`document.activeElement?.getAttribute('data-index') ?? document.activeElement?.tagName ?? null`);
    await page.locator('.live.on').waitFor();
    await queueRow(page, 'GOES-1').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.deadline').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tablist').waitFor();
    await eventually(async () => expect(await focused()).toBe('0'));
    await settle('GOES-1');
    await queueRow(page, 'GOES-1').first().waitFor({ state: 'detached' });
    await eventually(async () => expect(await focused()).toBe('0'));
    await page.keyboard.press('x');
    await page.getByRole('region', { name: '1 selected' }).getByRole('button', { name: 'Acknowledge' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).press('Enter');
    await page.getByText('1 changed').waitFor();
    await eventually(async () => expect(await focused()).toBe('0'));
    await context.close();
  });

  it('says that all are selected while they are, also when one of them goes', async () => {
    for (const number of [1, 2, 3]) await raise(`ALL-${number}`, { warehouseId: 'TX-1' });
    const { page, context } = await web.open();
    await page.locator('.live.on').waitFor();
    await page.getByRole('search').getByLabel('Warehouse').selectOption('TX-1');
    await queueRow(page, 'NJ-1').first().waitFor({ state: 'detached' });
    const rows = await page.locator('.grid-row').count();
    const all = page.getByLabel('Select all loaded rows');
    await all.check();
    await page.getByText(`${rows} selected`).waitFor();
    await settle('ALL-1');
    await queueRow(page, 'ALL-1').first().waitFor({ state: 'detached' });
    expect(await all.isChecked()).toBe(true);
    await page.getByLabel('Select order ALL-2').first().uncheck();
    expect(await all.evaluate((box) => (box as unknown as { indeterminate: boolean }).indeterminate)).toBe(true);
    await context.close();
  });

  it('begins at the top of what was asked for anew', async () => {
    const { page, context } = await web.open();
    await page.getByRole('button', { name: 'All open' }).click();
    const scrolled = (): Promise<number> => page.locator('.grid-body').evaluate((body) => body.scrollTop);
    await eventually(async () => {
      await page.evaluate(`document.querySelector('.grid-body').scrollTop = 400`);
      return (await scrolled()) === 400;
    });
    await page.getByLabel('Sort by').selectOption('time-left');
    await eventually(async () => expect(await scrolled()).toBe(0));
    await context.close();
  });

  it('shows what it filters by when nothing of that is open any more', async () => {
    const { page, context } = await web.open();
    const filter = page.getByRole('search').getByLabel('Warehouse');
    await filter.selectOption('CA-1');
    let asked = 0;
    await page.route('**/v1/exposure?groupBy=warehouse', (route) => {
      asked += 1;
      const at = new Date(api.clock.now()).toISOString();
      return route.fulfill({ json: { asOf: at, since: at, rows: [] } });
    });
    await eventually(async () => {
      await comeBack(page);
      return asked > 0;
    });
    await eventually(async () => expect(await filter.locator('option').count()).toBe(2));
    expect(await filter.inputValue()).toBe('CA-1');
    await context.close();
  });

  it('shows before long what a colleague did, of which no deadline changed', async () => {
    await raise('COLLEAGUE-1');
    const { page, context } = await web.open({}, web.key, withClock);
    await page.getByRole('searchbox').fill('COLLEAGUE-1');
    await eventually(async () => expect(await page.locator('.grid-row').count()).toBe(1));
    const { body } = await api.get<{ rows: { escalationId: string }[] }>('/v1/escalations?text=COLLEAGUE-1', web.key);
    await api.post('/v1/escalations/assign', web.key, { ids: body.rows.map((row) => row.escalationId), to: 'Ana' });
    await eventually(async () => {
      await page.clock.fastForward(31_000);
      expect(await queueRow(page, 'COLLEAGUE-1').first().innerText()).toContain('with Ana');
    });
    await context.close();
  });
});

describe('what is said', () => {
  it('tells a screen reader of changes also while they do not cease', async () => {
    const { page, context } = await web.open({}, web.key, withClock);
    await page.locator('.live.on').waitFor();
    const told = page.getByText(/\d changes? arrived/);
    const texts = new Set<string>();
    let number = 0;
    await eventually(async () => {
      await api.happen('acme', placed(`NEWS-${(number += 1)}`, api.clock.now()));
      await page.clock.fastForward(3_000);
      for (const text of await told.allInnerTexts()) texts.add(text);
      return texts.size > 1;
    });
    await context.close();
  });

  it('says how many units an order has and what they are worth together', async () => {
    const [type, data, at] = placed('GOODS-1', api.clock.now() - 24 * HOUR_MS);
    const lines = [{ lineId: '1', sku: 'MUG', quantity: 3, unitPriceMinor: 2_500 }];
    await api.happen('acme', [type, { ...data, lines }, at]);
    await api.raiseDue();
    const { page, context } = await web.open();
    await page.getByRole('searchbox').fill('GOODS-1');
    await queueRow(page, 'GOODS-1').first().click();
    await page.locator('.facts').getByText('3 units, USD\u00a075.00 in all').waitFor();
    await context.close();
  });

  it('draws what falls due in the last part of the next 24 hours, too', async () => {
    const from = new Date(api.clock.now() + 24 * HOUR_MS).toISOString();
    const cliff = { from, firstDueAt: from, currency: 'USD', open: 1, projectedMinor: 100, expectedMinor: 50 };
    const lastHour = (page: Page): Promise<unknown> =>
      page.route('**/v1/exposure/cliffs*', (route) =>
        route.fulfill({ json: { asOf: from, hours: 24, rows: [cliff] } }),
      );
    const { page, context } = await web.open({}, web.key, lastHour);
    const bar = await page.locator('.cliff-chart .due').boundingBox();
    const chart = await page.locator('.cliff-chart').boundingBox();
    expect(bar!.x + bar!.width).toBeLessThanOrEqual(chart!.x + chart!.width);
    await context.close();
  });

  it('says that more is held than is shown', async () => {
    await api.dataSource.query(
      `INSERT INTO quarantine (tenant_id, channel, reason, faults, raw)
       SELECT 'acme', 'log', 'invalid-event', '[]', '{}' FROM generate_series(1, 101)`,
    );
    const { page, context } = await web.open({ locale: 'zh-CN' });
    await page.getByRole('tab', { name: /被扣留的事件/ }).click();
    await page.getByText('仅显示最新的 100 条').waitFor();
    const entry = page.locator('.held > li').first();
    await entry.getByRole('button', { name: '重放' }).click();
    await entry.getByRole('textbox').fill('再试一次');
    await entry.getByRole('button', { name: '重放' }).last().click();
    expect(await entry.getByRole('alert').innerText()).toMatch(/^[\u4e00-\u9fff]/);
    await context.close();
  });

  it('keeps the money in view while the server is away, and says that it is', async () => {
    const { page, context } = await web.open();
    await page.locator('.figure.risk').first().waitFor();
    await page.route('**/v1/exposure?groupBy=none', (route) => route.abort());
    const said = page.locator('.money').getByRole('alert').filter({ hasText: 'cannot be reached' });
    await eventually(async () => {
      await comeBack(page);
      return (await said.count()) > 0;
    });
    expect(await page.locator('.figure.risk').count()).toBeGreaterThan(0);
    await context.close();
  });
});

describe('a shipment on a narrow screen', () => {
  it('lies over the page: nobody tabs into what it hides', async () => {
    const { page, context } = await web.open({ viewport: { ...WIDE, width: 1100 } });
    await firstRow(page).click();
    await page.locator('.deadline').first().waitFor();
    const places = new Set<string>();
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press('Tab');
      places.add(
        await page.evaluate(
          `document.activeElement === document.body || document.activeElement.closest('.shipment') ? 'shipment'
            : document.activeElement.className || document.activeElement.tagName`,
        ),
      );
    }
    expect([...places]).toEqual(['shipment']);
    await context.close();
  });
});

describe('the address', () => {
  const addressed = (page: Page): string | null => new URL(page.url()).searchParams.get('order');
  const shipment = (page: Page) => page.locator('#shipment-title');

  it('names the order that is open, and "back" closes it', async () => {
    const { page, context } = await web.open();
    const orderAt = (row: number) => page.locator(`.grid-row[data-index="${row}"] .cell-order .id`).first();
    const first = await orderAt(0).innerText();
    await queueRow(page, first).first().click();
    await shipment(page).getByText(first).waitFor();
    expect(addressed(page)).toBe(first);
    const second = await orderAt(1).innerText();
    await queueRow(page, second).first().click();
    await shipment(page).getByText(second).waitFor();
    expect(addressed(page)).toBe(second);
    await page.goBack();
    await shipment(page).waitFor({ state: 'detached' });
    expect(addressed(page)).toBeNull();
    await context.close();
  });

  it('of a notice leads to its order, also where one has to sign in first', async () => {
    const order = 'PO 7/ä&b=1';
    await api.happen('acme', placed(order, api.clock.now()));
    const context = await web.newContext();
    const page = await context.newPage();
    await page.goto(orderUrl(api.url, order)!);
    await page.getByLabel('API key').fill(web.key);
    await page.keyboard.press('Enter');
    await shipment(page).getByText(order, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(addressed(page)).toBeNull();
    await context.close();
  });
});
