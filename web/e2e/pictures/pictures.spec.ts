import type { Page } from '@playwright/test';
import { Desk } from '../support/office.ts';
import type { Phone } from '../support/phone.ts';
import { enrol, fetchMoney, home, join, menu, pay, pictureOn, request, sync, take } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';
import { shoot, strip, type Screen } from './strip.ts';

const small = { context: { viewport: { width: 360, height: 720 }, deviceScaleFactor: 1.5 } };

test('the pictures of the guide: a first day, a payment with no network, and what comes after', async ({
  bank,
  phone,
}) => {
  const [ana, ben] = [await phone(small), await phone(small)];
  await strip('phone-first', await firstDay(ana, 'Ana'));
  await enrol(ben, 'Ben');
  const desk = await Desk.of(bank, 'mere');
  await shoot(desk.page, 'console-first');
  await desk.cashIn('Ana', '2000');
  await shoot(desk.page, 'console-slip');
  await fetchMoney(ana.page, '2,000 VT');

  await bank.stop();
  await payment(ana, ben);
  await shop(ana, ben);

  await bank.start();
  await toBank(ana, ben);
  await desk.menu('Bills');
  await desk.page.getByRole('searchbox').fill('two fish');
  await desk.page.getByRole('button', { name: 'Find' }).click();
  await expect(desk.page.getByRole('row', { name: /Ana.*Ben.*250 VUV.*paid/ })).toBeVisible();
  await shoot(desk.page, 'console-bills');
  await seldom(ana);
  await desk.close();
});

/** From the first screen to the bank. */
async function firstDay(phone: Phone, name: string): Promise<Screen[]> {
  const { page } = phone;
  const screens = [await shoot(page, 'welcome', '1. New, or back again?')];
  await page.getByRole('link', { name: 'I am new here' }).click();
  await shoot(page, 'words-before');
  await page.getByRole('button', { name: 'Show the words' }).click();
  const paper = await page.getByRole('listitem').locator('b').allTextContents();
  await shoot(page, 'words');
  await page.getByRole('button', { name: 'I wrote them down' }).click();
  for (let n = 1; n <= 3; n++) {
    await expect(page.getByText(`${n} of 3`, { exact: true })).toBeVisible();
    if (n === 1) screens.push(await shoot(page, 'words-check', '2. Is the paper right?'));
    const question = await page.getByText(/What is word \d+/).textContent();
    const number = Number(/word (\d+)/.exec(question ?? '')?.[1]);
    await page.getByRole('button', { name: paper[number - 1]!, exact: true }).click();
  }
  await expect(page.getByRole('button', { name: 'This is my bank' })).toBeVisible();
  screens.push(await shoot(page, 'bank', '3. Is this your bank?'));
  await page.getByRole('button', { name: 'This is my bank' }).click();
  await page.getByLabel('Your name, as people know you').fill(name);
  await shoot(page, 'enrol');
  await join(page, name);
  await shoot(page, 'pin');
  await home(page);
  await shoot(page, 'home-empty');
  return screens;
}

/** Asks, pays, takes and sees that it has arrived; nothing answers meanwhile but the other phone. */
async function payment(ana: Phone, ben: Phone): Promise<void> {
  await home(ana.page);
  const rich = await shoot(ana.page, 'home', 'What you can spend');
  await home(ben.page);
  await ben.page.getByRole('link', { name: 'Receive', exact: true }).click();
  for (const digit of '250') await ben.page.getByRole('button', { name: digit, exact: true }).click();
  const keys = await shoot(ben.page, 'receive', '1. How much?');
  await request(ben.page, '250', 'two fish');
  const asked = await shoot(ben.page, 'request', '2. Let them scan this');
  ana.hold(await ben.screen());
  await home(ana.page);
  await ana.page.getByRole('link', { name: 'Pay', exact: true }).click();
  await expect(ana.page.getByText('You pay Ben')).toBeVisible();
  const quote = await shoot(ana.page, 'quote', '1. Who, how much, for what');
  await pay(ana.page, 'Ben');
  const shown = await shoot(ana.page, 'paid', '2. Let them scan this');
  ben.hold(await ana.screen());
  await take(ben.page, '250 VT');
  const got = await shoot(ben.page, 'received', '3. Show them the picture');
  await ana.page.getByRole('link', { name: 'They have it' }).click();
  const pictures = await shoot(ana.page, 'have', '3. Tap the picture they have');
  await home(ana.page);
  await shoot(ana.page, 'home-shown');
  await ana.page.goBack();
  await ana.page.getByRole('button', { name: await pictureOn(ben.page), exact: true }).click();
  await expect(ana.page.getByText(/^They have it\. You have paid/)).toBeVisible();
  await shoot(ana.page, 'have-right');
  await strip('phone-receive', [keys, asked, got]);
  await strip('phone-pay', [quote, shown, pictures]);
  const wallet = [
    { ...rich, says: 'Ana can spend this.' },
    { ...asked, says: 'Ben asks. Ana scans it.' },
    { ...quote, says: 'Ana slides to pay.' },
    { ...got, says: 'Ben scans hers: he has it.' },
  ];
  await strip('phone', wallet, 215);
}

/** A shop: its till, what was paid and has not arrived yet, and the end of the day. */
async function shop(ana: Phone, ben: Phone): Promise<void> {
  const { page } = ben;
  await openTill(page);
  await page.getByRole('link', { name: 'Receive' }).click();
  await page.getByRole('button', { name: '8', exact: true }).click();
  await page.getByRole('button', { name: '0', exact: true }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('Let the payer scan this')).toBeVisible();
  ana.hold(await ben.screen());
  await pay(ana.page, 'Ben');
  ben.hold(await ana.screen());
  await home(ana.page);
  const waiting = await shoot(ana.page, 'home-waiting', 'Paid, and not yet received');
  await menu(ana.page, 'Something is wrong');
  await ana.page.getByText('I paid, and they do not have it').click();
  const wrong = await shoot(ana.page, 'wrong', 'When something is wrong');
  await take(page, '80 VT');
  await page.getByRole('button', { name: 'Next customer' }).click();
  await expect(page.getByRole('button', { name: 'Leave the till' })).toBeVisible();
  const open = await shoot(page, 'till', 'The till');
  await page.getByRole('link', { name: 'End the day' }).click();
  await expect(page.getByRole('heading', { name: 'The day' })).toBeVisible();
  const day = await shoot(page, 'day-end', 'The end of the day');
  await page.goBack();
  await page.getByRole('button', { name: 'Leave the till' }).click();
  await digits(page, '4711');
  await home(page);
  const received = await shoot(page, 'home-received', 'Received: bring it to the bank');
  await strip('phone-till', [open, day, received]);
  await strip('phone-wrong', [waiting, wrong]);
}

/** The till wants a PIN first. */
async function openTill(page: Page): Promise<void> {
  await menu(page, 'Till');
  await page.getByRole('link', { name: 'PIN' }).click();
  await digits(page, '4711');
  await page.getByRole('button', { name: 'Next' }).click();
  await digits(page, '4711');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Open the till' }).click();
  await expect(page.getByRole('button', { name: 'Leave the till' })).toBeVisible();
}

async function digits(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
}

/** Connecting, and how things stand then. */
async function toBank(ana: Phone, ben: Phone): Promise<void> {
  await sync(ben.page);
  const done = await shoot(ben.page, 'sync', 'The bank has it');
  await home(ben.page);
  await shoot(ben.page, 'home-synced');
  await sync(ana.page);
  await shoot(ana.page, 'sync-payer');
  await menu(ana.page, 'What I paid and received');
  await expect(ana.page.getByText('the bank has paid it').first()).toBeVisible();
  await strip('phone-bank', [done, await shoot(ana.page, 'history', 'How each payment stands')]);
}

/** Places that are seldom needed. */
async function seldom({ page }: Phone): Promise<void> {
  const screens = [];
  for (const name of ['Lost phone', 'Who are you?', 'Settings', 'People', 'Give back', 'Choose your bank']) {
    await menu(page, name);
    await expect(page.getByText('One moment…')).toHaveCount(0);
    screens.push(await shoot(page, `seldom-${name.replaceAll(/\W+/g, '-')}`, name));
  }
  await strip('phone-more', screens.slice(0, 3));
}
