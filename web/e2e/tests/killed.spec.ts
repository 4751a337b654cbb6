import type { Page } from '@playwright/test';
import { Hold } from '../support/hold.ts';
import type { Phone } from '../support/phone.ts';
import { canSpend, home, menu, paste, pictureOn, request, slide, sync } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

// The phone dies at each step of a payment, right before what happened is written down and right after. Whoever opens it
// again finds one payment or none, and can go on; the bank has moved the money once.
const times = ['before', 'after'] as const;

test('a phone that dies at any step of a payment pays once, and loses nothing', async ({ person }) => {
  const [hold, holdToo] = [await Hold.open(), await Hold.open()];
  const dan = await person('Dan', 900, hold.options);
  const eva = await person('Eva', 0, holdToo.options);
  let left = 900;
  for (const when of times) {
    await dieWhilePaying(dan, eva, hold, when, left);
    left -= 100;
    await canSpend(dan.page, `${left} VT`);
  }
  for (const when of times) {
    await dieWhileTaking(dan, eva, holdToo, when);
    left -= 100;
    await canSpend(dan.page, `${left} VT`);
  }
  for (const when of times) {
    await dieWhileTapping(dan, eva, hold, when);
    left -= 100;
    await canSpend(dan.page, `${left} VT`);
  }
  await sync(eva.page);
  await canSpend(eva.page, `${900 - left} VT`);
  await sync(dan.page);
  await canSpend(dan.page, `${left} VT`);
  await menu(dan.page, 'What I paid and received');
  await expect(dan.page.getByRole('listitem').filter({ hasText: '100 VT' })).toHaveCount(6);
  hold.close();
  holdToo.close();
});

/** Dan dies when the thumb has arrived. */
async function dieWhilePaying(dan: Phone, eva: Phone, hold: Hold, when: 'before' | 'after', left: number) {
  await request(eva.page, '100');
  const bill = await eva.text();
  await scan(dan.page, bill);
  const stopped = hold.at(when);
  await slide(dan.page);
  await stopped;
  await expect(dan.page.getByText('It is written down')).toHaveCount(0);
  await again(dan);
  if (when === 'before') {
    await canSpend(dan.page, `${left} VT`);
    await expect(dan.page.getByText(/not yet received/)).toHaveCount(0);
    await scan(dan.page, bill);
    await slide(dan.page);
  } else {
    await expect(dan.page.getByText('1 payment is not yet received')).toBeVisible();
    await scan(dan.page, bill);
    await expect(dan.page.getByText('You have paid this already.')).toBeVisible();
    await dan.page.getByRole('link', { name: 'Show it again' }).click();
  }
  await takeIt(dan, eva);
  await tap(dan, eva);
}

/** Eva dies when Dan's payment has come. */
async function dieWhileTaking(dan: Phone, eva: Phone, hold: Hold, when: 'before' | 'after') {
  await request(eva.page, '100');
  await scan(dan.page, await eva.text());
  await slide(dan.page);
  const payment = await dan.text();
  await eva.page.getByRole('button', { name: 'When they have paid, scan their code' }).click();
  const stopped = hold.at(when);
  await paste(eva.page, payment);
  await stopped;
  await expect(eva.page.getByText('You have received')).toHaveCount(0);
  await again(eva);
  await menu(eva.page, 'Scan');
  await paste(eva.page, payment);
  await expect(eva.page.getByText('You have received 100 VT')).toBeVisible();
  await expect(eva.page.getByText('You have this payment already.')).toHaveCount(when === 'after' ? 1 : 0);
  await tap(dan, eva);
}

/** Dan dies when he taps the picture. */
async function dieWhileTapping(dan: Phone, eva: Phone, hold: Hold, when: 'before' | 'after') {
  await request(eva.page, '100');
  await scan(dan.page, await eva.text());
  await slide(dan.page);
  await takeIt(dan, eva);
  await dan.page.getByRole('link', { name: 'They have it' }).click();
  const stopped = hold.at(when);
  await dan.page.getByRole('button', { name: await pictureOn(eva.page), exact: true }).click();
  await stopped;
  await expect(dan.page.getByText('They have it. You have paid')).toHaveCount(0);
  await again(dan);
  if (when === 'after') {
    await expect(dan.page.getByText(/not yet received/)).toHaveCount(0);
    return;
  }
  await dan.page.getByRole('link', { name: 'Show it again' }).click();
  await tap(dan, eva);
}

/** The battery is empty; later the phone is switched on again. */
async function again(phone: Phone): Promise<void> {
  await phone.crash();
  await phone.start();
  await home(phone.page);
}

async function scan(page: Page, bill: string): Promise<void> {
  await home(page);
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await paste(page, bill);
}

async function takeIt(payer: Phone, payee: Phone): Promise<void> {
  const payment = await payer.text();
  await payee.page.getByRole('button', { name: 'When they have paid, scan their code' }).click();
  await paste(payee.page, payment);
  await expect(payee.page.getByText('You have received 100 VT')).toBeVisible();
}

async function tap(payer: Phone, payee: Phone): Promise<void> {
  await payer.page.getByRole('link', { name: 'They have it' }).click();
  await payer.page.getByRole('button', { name: await pictureOn(payee.page), exact: true }).click();
  await expect(payer.page.getByText('They have it. You have paid')).toBeVisible();
}
