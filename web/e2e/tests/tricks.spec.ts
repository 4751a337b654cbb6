import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { canSpend, home, menu, paste, request, slide } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

// What a thief tries on a shopkeeper's phone, and what must work for somebody who cannot slide.

test('an old payment shown again is no new one, and nobody’s link makes money of a request', async ({ person }) => {
  const [rua, tui] = [await person('Rua', 500), await person('Tui')];
  await request(tui.page, '80');
  const bill = new URLSearchParams((await tui.page.evaluate(() => location.hash)).split('?')[1]).get('bill')!;
  await scan(rua.page, await tui.text());
  await slide(rua.page);
  const payment = await rua.text();

  // The request's own number, in a link: nothing has come.
  await tui.page.evaluate((hash) => (location.hash = `#/receive/${hash}`), bill);
  await expect(tui.page.getByRole('heading', { name: 'You asked for' })).toBeVisible();
  await expect(tui.page.getByText('You have received 80 VT')).toHaveCount(0);

  await menu(tui.page, 'Scan');
  await paste(tui.page, payment);
  await expect(tui.page.getByRole('status').filter({ hasText: 'You have received 80 VT' })).toBeVisible();
  const entry = (await tui.page.evaluate(() => location.hash)).split('/')[2];

  // A photograph of the payment's code; and a link to what has come before.
  await menu(tui.page, 'Scan');
  await paste(tui.page, payment);
  await onlyBefore(tui.page);
  await tui.page.reload();
  await home(tui.page);
  await tui.page.evaluate((hash) => (location.hash = `#/receive/${hash}`), entry);
  await onlyBefore(tui.page);
  await canSpend(tui.page, '80 VT');
});

async function onlyBefore(page: Page): Promise<void> {
  const notice = page.getByRole('alert').filter({ hasText: 'You have this payment already. It counts once.' });
  await expect(notice).toContainText('today, ');
  await expect(page.getByRole('status').filter({ hasText: 'You have received' })).toHaveCount(0);
  await expect(page.locator('.notice.good')).toHaveCount(0);
}

test('who pays with a screen reader is asked instead of sliding; a tap does nothing', async ({ person }) => {
  const [lea, max] = [await person('Lea', 500), await person('Max')];
  const { page } = lea;
  await request(max.page, '60');
  const code = max.page.getByRole('img', { name: 'A code for the other phone to scan' }).locator('canvas');
  await share(page, await code.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL('image/png').split(',')[1]!));
  await expect(page.getByText('You pay Max')).toBeVisible();
  const thumb = page.getByRole('button', { name: 'Slide to pay 60 VT' });
  await thumb.click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const press = () => thumb.evaluate((button: HTMLElement) => button.click()); // as assistive technology does
  await press();
  await page.getByRole('dialog').getByRole('button', { name: 'No' }).click();
  await expect(page.getByText('It is written down')).toHaveCount(0);
  await press();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
  await expect(page.getByText('It is written down. Now the other phone must get it.')).toBeVisible();
  await canSpend(page, '440 VT');
});

test('a moving code that was refused is looked at again, and refused again', async ({ person }) => {
  const { page } = await person('Una');
  const foreign = readFileSync('../../nearby/qr/testdata/hostile/moving-wrong-network.txt', 'utf8');
  for (const time of ['first', 'second']) {
    await menu(page, 'Scan');
    await paste(page, foreign);
    await expect(page.getByRole('alert').filter({ hasText: 'This belongs to another Kula' }), time).toBeVisible();
  }
});

/** A picture that another app shares with this one, where the service worker puts it. */
async function share(page: Page, png: string): Promise<void> {
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const shared = await caches.open('kula-shared');
    await shared.put('/shared', new Response(bytes, { headers: { 'content-type': 'application/octet-stream' } }));
    location.hash = '#/scan?shared=1';
  }, png);
  await page.reload();
}

async function scan(page: Page, text: string): Promise<void> {
  await home(page);
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await paste(page, text);
  await expect(page.getByText(/^You pay/)).toBeVisible();
}
