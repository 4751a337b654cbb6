import type { Page } from '@playwright/test';
import { Hold } from '../support/hold.ts';
import type { Phone } from '../support/phone.ts';
import {
  ask,
  canSpend,
  home,
  menu,
  paste,
  payPasted,
  pictureOn,
  request,
  slide,
  sync,
  takePasted,
} from '../support/steps.ts';
import { expect, test, type Person } from '../support/test.ts';

// The phone dies at each step of a payment, right before what happened is written down and right after. Whoever opens it
// again finds one payment or none, and can go on; the bank has moved the money once.
const times = ['before', 'after'] as const;
type When = (typeof times)[number];

/** Dan pays Eva 100, for each of these. */
const deaths = [
  dieWhileAsking,
  dieWhilePaying,
  dieWhileHanding,
  dieWhileTaking,
  dieWhileTapping,
  dieWhileAnswered,
] as const;

/** The two phones, and what stops each of them. */
interface Two {
  dan: Phone;
  eva: Phone;
  stopDan: Hold;
  stopEva: Hold;
  left: number;
}

for (const when of times) {
  test(`a phone that dies at any step of a payment, ${when} the write, pays once and loses nothing`, async ({
    person,
  }) => {
    await dieEverywhere(person, when);
  });
}

/** Seven deaths. */
async function dieEverywhere(person: Person, when: When): Promise<void> {
  const [stopDan, stopEva] = [await Hold.open(), await Hold.open()];
  const dan = await person(`Dan ${when}`, 1500, stopDan.options);
  const eva = await person(`Eva ${when}`, 0, stopEva.options);
  const two = { dan, eva, stopDan, stopEva, left: 1500 };
  for (const die of deaths) {
    await test.step(die.name, () => die(two, when));
    two.left -= 100;
    await canSpend(dan.page, said(two.left));
    await expect(dan.page.getByText(/not yet received/)).toHaveCount(0);
  }
  await dieWhileConnecting(two, when);
  await sync(eva.page);
  await sync(dan.page);
  await agree(dan.page, two.left);
  await agree(eva.page, 1500 - two.left);
  await payments(dan.page, 'the bank has paid it', deaths.length);
  await payments(dan.page, 'You paid', deaths.length);
  await payments(eva.page, 'the bank has it: it is yours', deaths.length);
  await payments(eva.page, 'You received', deaths.length);
  stopDan.close();
  stopEva.close();
}

const said = (amount: number): string => `${amount.toLocaleString('en')} VT`;

/** What the phone says is what the bank has said. */
async function agree(page: Page, amount: number): Promise<void> {
  await canSpend(page, said(amount));
  await expect(page.getByText(`At the bank: ${said(amount)}`)).toBeVisible();
}

/** So many payments stand there, and the bank has all of them. */
async function payments(page: Page, state: string, count: number): Promise<void> {
  await menu(page, 'What I paid and received');
  await expect(page.getByRole('listitem').filter({ hasText: state })).toHaveCount(count);
}

/** Eva dies when she has said how much she asks for. */
async function dieWhileAsking({ dan, eva, stopEva }: Two, when: When) {
  const stopped = stopEva.at(when);
  await ask(eva.page, '100');
  await stopped;
  await untold(eva.page, 'Let the payer scan this', 'receive?bill=');
  await again(eva);
  await request(eva.page, '100');
  await payPasted(dan.page, await eva.text());
  await slide(dan.page);
  await takeIt(dan, eva);
  await tap(dan, eva);
}

/** Dan dies when the thumb has arrived. */
async function dieWhilePaying({ dan, eva, stopDan, left }: Two, when: When) {
  await request(eva.page, '100');
  const bill = await eva.text();
  await payPasted(dan.page, bill);
  const stopped = stopDan.at(when);
  await slide(dan.page);
  await stopped;
  await untold(dan.page, 'It is written down', 'show/');
  await again(dan);
  if (when === 'before') {
    await canSpend(dan.page, said(left));
    await expect(dan.page.getByText(/not yet received/)).toHaveCount(0);
    await payPasted(dan.page, bill);
    await slide(dan.page);
  } else {
    await expect(dan.page.getByText('1 payment is not yet received')).toBeVisible();
    await payPasted(dan.page, bill);
    await expect(dan.page.getByText('You have paid this already.')).toBeVisible();
    await dan.page.getByRole('link', { name: 'Show it again' }).click();
  }
  await takeIt(dan, eva);
  await tap(dan, eva);
}

/** Dan dies when his code is on the screen; Eva may have scanned it by then. */
async function dieWhileHanding({ dan, eva, stopDan }: Two, when: When) {
  await request(eva.page, '100');
  await payPasted(dan.page, await eva.text());
  const stopped = stopDan.at(when, 1); // the payment itself is the first
  await slide(dan.page);
  await stopped;
  if (when === 'after') await takeIt(dan, eva);
  await again(dan);
  await expect(dan.page.getByText('1 payment is not yet received')).toBeVisible();
  await dan.page.getByRole('link', { name: 'Show it again' }).click();
  if (when === 'before') await takeIt(dan, eva);
  else await takeAgain(eva, await dan.text());
  await tap(dan, eva);
}

/** Eva dies when Dan's payment has come. */
async function dieWhileTaking({ dan, eva, stopEva }: Two, when: When) {
  await request(eva.page, '100');
  await payPasted(dan.page, await eva.text());
  await slide(dan.page);
  const payment = await dan.text();
  await eva.page.getByRole('button', { name: 'When they have paid, scan their code' }).click();
  const stopped = stopEva.at(when);
  await paste(eva.page, payment);
  await stopped;
  await untold(eva.page, 'You have received', 'receive/');
  await again(eva);
  if (when === 'after') {
    await takeAgain(eva, payment);
  } else {
    await menu(eva.page, 'Scan');
    await paste(eva.page, payment);
    await expect(eva.page.getByText('You have received 100 VT')).toBeVisible();
    await expect(eva.page.getByText('You have this payment already.')).toHaveCount(0);
  }
  await tap(dan, eva);
}

/** Dan dies when he has scanned Eva's answer, which her phone gives as often as it takes. */
async function dieWhileAnswered({ dan, eva, stopDan }: Two, when: When) {
  await request(eva.page, '100');
  await payPasted(dan.page, await eva.text());
  await slide(dan.page);
  await takeIt(dan, eva);
  await eva.page.reload();
  await eva.page.getByRole('button', { name: 'Show this code' }).click();
  const answer = await eva.text();
  await menu(dan.page, 'Scan');
  const stopped = stopDan.at(when);
  await paste(dan.page, answer);
  await stopped;
  await untold(dan.page, 'They have it. You have paid', 'they-have-it/');
  await again(dan);
  if (when === 'after') return;
  await expect(dan.page.getByText('1 payment is not yet received')).toBeVisible();
  await menu(dan.page, 'Scan');
  await paste(dan.page, answer);
  await expect(dan.page.getByText('They have it. You have paid')).toBeVisible();
}

/** Dan dies when he taps the picture. */
async function dieWhileTapping({ dan, eva, stopDan }: Two, when: When) {
  await request(eva.page, '100');
  await payPasted(dan.page, await eva.text());
  await slide(dan.page);
  await takeIt(dan, eva);
  await dan.page.getByRole('link', { name: 'They have it' }).click();
  const stopped = stopDan.at(when);
  await dan.page.getByRole('button', { name: await pictureOn(eva.page), exact: true }).click();
  await stopped;
  await untold(dan.page, 'They have it. You have paid');
  await again(dan);
  if (when === 'after') {
    await expect(dan.page.getByText(/not yet received/)).toHaveCount(0);
    return;
  }
  await dan.page.getByRole('link', { name: 'Show it again' }).click();
  await tap(dan, eva);
}

/** Eva dies when she brings to the bank what she has received. */
async function dieWhileConnecting({ eva, stopEva }: Two, when: When) {
  await menu(eva.page, 'Connect to the bank');
  const stopped = stopEva.at(when);
  await eva.page.getByRole('button', { name: 'Connect to the bank' }).click();
  await stopped;
  await again(eva);
}

/** Nobody was told of what may not be on the disk: when the page has done all that it was told to do, it is not on its way either. */
async function untold(page: Page, text: string, screen = ''): Promise<void> {
  const frame = () => new Promise<unknown>((done) => requestAnimationFrame(() => requestIdleCallback(done)));
  for (let n = 0; n < 2; n++) await page.evaluate(frame);
  await expect(page.getByText(text)).toHaveCount(0);
  if (screen) expect(page.url()).not.toContain(`#/${screen}`);
}

/** The battery is empty; later the phone is switched on again. */
async function again(phone: Phone): Promise<void> {
  await phone.crash();
  await phone.start();
  await home(phone.page);
}

async function takeIt(payer: Phone, payee: Phone): Promise<void> {
  await takePasted(payee.page, await payer.text(), '100 VT');
}

/** Eva scans what she has already: it is the same payment. */
async function takeAgain(eva: Phone, payment: string): Promise<void> {
  await menu(eva.page, 'Scan');
  await paste(eva.page, payment);
  await expect(eva.page.getByText('You have received 100 VT')).toBeVisible();
  await expect(eva.page.getByText('You have this payment already.')).toBeVisible();
}

async function tap(payer: Phone, payee: Phone): Promise<void> {
  await payer.page.getByRole('link', { name: 'They have it' }).click();
  await payer.page.getByRole('button', { name: await pictureOn(payee.page), exact: true }).click();
  await expect(payer.page.getByText('They have it. You have paid')).toBeVisible();
}
