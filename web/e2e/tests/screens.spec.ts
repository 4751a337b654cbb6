import type { BrowserContext } from '@playwright/test';
import { wall } from '../support/camera.ts';
import type { Phone, PhoneOptions } from '../support/phone.ts';
import { settings, smallest, Tour } from '../support/screens.ts';
import { home, menu, pay, pictureOn, request, take, tapPicture } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';
import { beginWorkers, ownWorkers } from '../support/worker.ts';
import { digits, firstDay, payee, payer, connected, type PayeesThings, type PayersThings } from '../support/tours.ts';

/** The policy of the page is for others to test: here it would keep the pictures from being taken whole. */
const small = { viewport: smallest, bypassCSP: true };

test('somebody new can read and use every screen, in every language, on the smallest phone', async ({ phone }) => {
  const { page } = await phone({ context: small });
  const tour = new Tour(page, 'new');
  await everywhere(tour, (nth) => firstDay(tour, nth > 0));
  expect(tour.faults).toEqual([]);
});

test('so can who pays and who is paid', async ({ person, bank }) => {
  test.slow(); // three hundred screens
  let behind = 0;
  const slow = {
    context: {
      ...small,
      ...ownWorkers,
      permissions: ['clipboard-write'],
    },
    prepare: (context: BrowserContext) =>
      beginWorkers(context, `const now = Date.now; Date.now = () => now() - ${behind} * 86_400_000;`),
  } satisfies PhoneOptions;
  const ana = await person('Ana Kalotrip', 3000, slow);
  const ben = await person('Ben Tari', 0, { context: small });
  const [anas, bens] = await things(ana, ben, bank.ready.bank.anchor);
  const [payers, payees] = [new Tour(ana.page, 'payer'), new Tour(ben.page, 'payee')];
  await Promise.all([everywhere(payers, () => payer(payers, anas)), everywhere(payees, () => payee(payees, bens))]);

  await everywhere(payers, () => connected(payers));

  const second = new Tour(await ana.tab(), 'second');
  await everywhere(payers, async () => {
    second.setting = payers.setting;
    await second.page.reload();
    await second.look('elsewhere');
  });
  await second.page.close();
  behind = 60;
  await ana.kill();
  await ana.start();
  payers.page = ana.page;
  await expect(payers.button('do.setDate')).toBeVisible();
  await everywhere(payers, async () => {
    await payers.see('home', 'home-date');
    await payers.tap('do.setDate');
    await payers.look('date');
    await ana.page.keyboard.press('Escape');
  });
  expect([...payers.faults, ...payees.faults, ...second.faults]).toEqual([]);
});

/** Walks in every language; where it cannot go on, that is a fault too, told with those that were found before. */
async function everywhere(tour: Tour, walk: (nth: number) => Promise<void>): Promise<void> {
  for (const [n, setting] of settings.entries()) {
    try {
      await tour.set(setting);
      await walk(n);
    } catch (stopped) {
      tour.faults.push(`${setting.catalogue.lang}: ${String(stopped)}`);
      return;
    }
  }
}

/** What people do in a week: two payments that were taken, one that was not, one request that nobody has paid. */
async function things(ana: Phone, ben: Phone, bank: string): Promise<[PayersThings, PayeesThings]> {
  const pin = '4711';
  await menu(ben.page, 'Settings');
  await ben.page.getByRole('link', { name: /^PIN/ }).click();
  await digits(ben.page, pin);
  await ben.page.getByRole('button', { name: 'Next' }).click();
  await digits(ben.page, pin);
  await expect(ben.page.getByRole('heading', { name: 'Settings' })).toBeVisible();

  const arrived = await paid(ana, ben, 'Ben Tari', '80');
  await take(ben.page, '80 VT');
  await tapPicture(ana.page, await pictureOn(ben.page));
  const shown = await paid(ana, ben, 'Ben Tari', '1250', 'school fees');
  const over = at(ben.page).replace('receive?bill=', '');
  await take(ben.page, '1,250 VT');
  const got = at(ben.page).replace('receive/', '');
  const moving = await paid(ben, ana, 'Ana Kalotrip', '700');
  await request(ben.page, '300', 'taro');
  const asking = at(ben.page).replace('receive?bill=', '');
  const bill = await ben.text();
  await home(ben.page);
  await ben.page.getByRole('link', { name: 'Receive', exact: true }).click();
  await ben.page.getByRole('button', { name: 'Let the payer say how much' }).click();
  const openBill = await ben.text();
  for (const phone of [ana, ben]) phone.hold([wall]);
  await menu(ana.page, 'People');
  await ana.page.getByRole('link', { name: /Ben/ }).click();
  await expect(ana.page.getByRole('heading', { name: 'Ben Tari' })).toBeVisible();
  const friend = at(ana.page).replace('people/', '');
  return [
    { shown, arrived, friend, bank, bill, openBill },
    { got, asking, over, moving, pin },
  ];
}

/** One phone pays what the other asks for; returns the payment. */
async function paid(payer: Phone, payee: Phone, name: string, amount: string, memo = ''): Promise<string> {
  await request(payee.page, amount, memo);
  payer.hold(await payee.screen());
  await pay(payer.page, name);
  const [still] = await payer.screen();
  const moves = await payer.page.locator('.code-moves').isVisible();
  payee.hold(moves ? await payer.screen(20) : [still!]);
  return at(payer.page).replace('show/', '');
}

/** The address of the screen that is shown. */
const at = (page: Phone['page']): string => page.url().split('#/')[1]!;
