import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyStore, withService } from '#storage';
import { eventually } from '#testing';
import type { BrowserContext, Page } from 'playwright-core';
import { WebPage, firstRow, shoot, violations } from './web-page.js';

let web: WebPage;

beforeAll(async () => {
  web = await WebPage.start();
}, 120_000);
afterAll(() => web?.stop());

const revoke = (key: string): Promise<unknown> =>
  withService(web.api.dataSource, (transaction) =>
    new ApiKeyStore().revoke(transaction, 'acme', key.split('_')[2]!, Date.now()),
  );

/** Ends the session and has the page ask. The dialog may be there already, for the page also asks by itself, and would cover the button. */
async function endSession(context: BrowserContext, page: Page): Promise<void> {
  await context.clearCookies();
  await page.getByRole('button', { name: 'Missed', includeHidden: true }).dispatchEvent('click');
  await page.getByRole('dialog', { name: 'Your session is over' }).waitFor();
}

async function signInAgain(page: Page, [label, button]: [string, string], key = web.key): Promise<void> {
  await page.getByLabel(label).fill(key);
  await page.getByRole('button', { name: button, exact: true }).click();
}
const ENGLISH: [string, string] = ['API key', 'Sign in'];

describe('a session that ends while the page is open', () => {
  it('is told of by the stream of changes, and whoever signs in again goes on where the page was', async () => {
    const leaver = await web.api.key({ tenantId: 'acme', role: 'ops', name: 'Leaver' });
    const { page, context } = await web.open({}, leaver);
    await page.locator('.live.on').waitFor();
    await page.getByRole('search').getByLabel('Warehouse').selectOption('CA-1');
    await page.locator('.cell-where', { hasText: 'NJ-1' }).first().waitFor({ state: 'detached' });
    await firstRow(page).focus();
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await revoke(leaver);
    const dialog = page.getByRole('dialog', { name: 'Your session is over' });
    await dialog.getByRole('alert').filter({ hasText: 'Sign in again' }).waitFor();
    await shoot(page, 'session-over');
    expect(await violations(page)).toEqual([]);
    for (const key of ['Escape', 'Escape', 'Escape']) await page.keyboard.press(key);
    await dialog.waitFor();
    await signInAgain(page, ENGLISH, leaver);
    await dialog.getByRole('alert').filter({ hasText: 'not known' }).waitFor();
    await signInAgain(page, ENGLISH);
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('search').getByLabel('Warehouse').inputValue()).toBe('CA-1');
    await page.getByText('1 selected').waitFor();
    await page.locator('.live.on').waitFor();
    await page.getByText('Sign in again').first().waitFor({ state: 'detached' });
    await context.close();
  });

  it('is told of by a refused command, in Chinese, and the command can be sent again with what was typed', async () => {
    const { page, context } = await web.open({ locale: 'zh-CN' });
    await firstRow(page).focus();
    await page.keyboard.press('a');
    const acting = page.getByRole('dialog', { name: /^确认/ });
    await acting.getByLabel('备注').fill('已致电承运商');
    await context.clearCookies();
    const refused = page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.status() === 401,
    );
    // Not by the mouse: the page may have asked meanwhile, and its dialog would cover the button.
    await acting.getByRole('button', { name: '确认' }).dispatchEvent('click');
    await refused;
    const over = page.getByRole('dialog', { name: '登录已失效' });
    await over.getByRole('alert').filter({ hasText: '请重新登录' }).waitFor();
    await shoot(page, 'session-over-zh');
    await signInAgain(page, ['API 密钥', '登录']);
    await over.waitFor({ state: 'detached' });
    expect(await acting.getByLabel('备注').inputValue()).toBe('已致电承运商');
    await acting.getByRole('button', { name: '确认' }).click();
    await page.getByText('已更改 1 行').waitFor();
    await context.close();
  });

  it('ends the asking: a page nobody is signed in to sends no requests', async () => {
    const { page, context } = await web.open({}, web.key, (page) => page.clock.install());
    await endSession(context, page);
    let [asked, answered] = [0, 0];
    page.on('request', () => (asked += 1));
    page.on('requestfinished', () => (answered += 1));
    page.on('requestfailed', () => (answered += 1));
    // What is asked every half minute learns once that the session is over.
    await eventually(async () => {
      if (answered < asked) return false;
      const before = asked;
      await page.clock.fastForward(31_000);
      await page.evaluate('document.readyState');
      return asked === before;
    });
    await context.close();
  });

  it('shows nothing of it to somebody else who signs in', async () => {
    const seller = await web.api.key({ tenantId: 'acme', role: 'seller', sellerId: 'seller-2', name: 'Seller two' });
    const { page, context } = await web.open();
    await page.getByRole('searchbox').fill('TEMU');
    await endSession(context, page);
    await signInAgain(page, ENGLISH, seller);
    await page.getByText('seller seller-2').waitFor();
    await eventually(async () => expect(await page.getByRole('searchbox').inputValue()).toBe(''));
    await firstRow(page).waitFor();
    const sellers = await page.locator('.cell-where small').allInnerTexts();
    expect(new Set(sellers)).toEqual(new Set(['seller-2']));
    await context.close();
  });
});

describe('signing in', () => {
  it('says that the key of an address is refused, also where another is signed in', async () => {
    const { page, context } = await web.open();
    await page.goto('about:blank');
    await page.goto(`${web.api.url}/#key=fl_test_wrong`);
    await page.getByRole('alert').filter({ hasText: 'not known' }).waitFor();
    await signInAgain(page, ENGLISH);
    await page.getByRole('grid').waitFor();
    await context.close();
  });
});

describe('the stream of changes', () => {
  it('is opened again by the page when a refusal made the browser give it up', async () => {
    const refuseOnce = (page: Page): Promise<unknown> =>
      page.route('**/v1/changes', (route) => route.fulfill({ status: 503 }), { times: 1 });
    const { page, context } = await web.open({}, web.key, refuseOnce);
    await page.locator('.live.on').waitFor();
    await context.close();
  });
});
