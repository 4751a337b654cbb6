import type { Page } from '@playwright/test';
import { errors } from '../../app/src/i18n/en/errors.ts';
import { Newer } from '../support/newer.ts';
import {
  canSpend,
  menu,
  payPasted,
  pictureOn,
  request,
  slide,
  sync,
  takePasted,
  tapPicture,
} from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

const question = 'There is a newer Kula.';

test('a newer Kula asks first, says nothing in the middle of a payment, and loses nothing', async ({
  bank,
  person,
}) => {
  // The bank's own address, as phones have it: so it is the page's, and no other site's.
  const nia = await person('Nia', 600, { address: bank.ready.bank.url + '/' });
  const oto = await person('Oto');
  const { page } = nia;
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const before = await version(page);
  await request(oto.page, '100');
  const bill = await oto.text();

  await bank.stop();
  const newer = await Newer.serve(bank.app);
  await menu(page, 'Connect to the bank');
  await page.getByRole('button', { name: 'Connect to the bank' }).click();
  await expect(page.getByText(errors.notTheBank)).toBeVisible();

  await payPasted(page, bill);
  await expect(page.getByText('You pay Oto')).toBeVisible();
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await page.waitForFunction(async () => !!(await navigator.serviceWorker.getRegistration())?.waiting);
  await expect(page.getByText(question)).toHaveCount(0);
  await slide(page);
  await takePasted(oto.page, await nia.text(), '100 VT');
  await expect(page.getByText(question)).toHaveCount(0);
  await tapPicture(page, await pictureOn(oto.page));
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(question)).toBeVisible();

  await page.getByRole('button', { name: 'Later' }).click();
  await expect(page.getByText(question)).toHaveCount(0);
  await page.reload();
  await expect(page.getByText(question)).toBeVisible();
  expect(await version(page)).toBe(before);
  await page.getByRole('button', { name: 'Update now' }).click();
  await expect(page).toHaveTitle('Newer Kula');
  await expect(page.getByText(question)).toHaveCount(0);
  expect(await version(page)).toBe(newer.version);
  await canSpend(page, '500 VT');

  await newer.close();
  await bank.start();
  await sync(page);
  await canSpend(page, '500 VT');
});

/** The version that "About Kula" names. */
async function version(page: Page): Promise<string> {
  await page.evaluate(() => (location.hash = '#/about'));
  const line = await page.getByText(/^Version /).textContent();
  return line!.replace('Version ', '');
}
