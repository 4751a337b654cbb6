import { expect, type Page } from '@playwright/test';
import type { Tour } from './screens.ts';

/** The first day of somebody, up to an empty first screen; on a phone that others use, they are added to it first. */
export async function firstDay(tour: Tour, others: boolean): Promise<void> {
  const { page } = tour;
  if (others) {
    await tour.see('profiles', 'several');
    await tour.tap('do.addPerson');
    await page.getByLabel(tour.says('profiles.new')).fill('Moana Taufa');
    await tour.look('add-person');
    await tour.tap('do.next');
  } else {
    await tour.visit('welcome');
  }
  await tour.look('welcome');
  await tour.see('restore');
  await page.locator('input').fill('abandon notaword abandon ');
  await tour.look('restore-wrong');
  await words(tour);
  await tour.look('bank');
  await tour.tap('do.scan');
  await tour.look('bank-scan');
  await tour.tap('do.back');
  await tour.tap('do.trustBank');
  await tour.look('enrol');
  await page.getByLabel(tour.says('enrol.name')).fill('Moana Taufa');
  await tour.tap('do.enrol');
  await expect(page.getByText(tour.says('enrol.counter'))).toBeVisible();
  await tour.look('joined');
  await tour.tap('do.next');
  await tour.look('pin-choose');
  await digits(page, '1234');
  await tour.tap('do.next');
  await digits(page, '1235');
  await tour.look('pin-differs');
  await tour.see('home', 'home-empty');
}

async function words(tour: Tour): Promise<void> {
  const { page } = tour;
  await tour.see('words', 'words-why');
  await tour.tap('do.showWords');
  await tour.look('words');
  const paper = await page.getByRole('listitem').locator('b').allTextContents();
  await tour.tap('do.wroteDown');
  for (let n = 1; n <= 3; n++) {
    const asked = page.locator('.question');
    await expect(page.getByText(new RegExp(`\\b${n}\\b.*\\b3\\b`))).toBeVisible();
    const number = Number(/\d+/.exec((await asked.textContent())!)![0]);
    const right = page.getByRole('button', { name: paper[number - 1]!, exact: true });
    if (n === 1) {
      await page
        .locator('.word-choices button')
        .filter({ hasNotText: paper[number - 1]! })
        .first()
        .click();
      await tour.look('words-wrong');
    }
    await right.click();
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(tour.says('bank.title'));
}

export async function digits(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
}

/** What a payer's phone has: hashes of what it did, and texts of codes that somebody shows. */
export interface PayersThings {
  shown: string;
  arrived: string;
  friend: string;
  bank: string;
  bill: string;
  openBill: string;
}

/** Somebody who pays, and who has no PIN. */
export async function payer(tour: Tour, { shown, arrived, friend, bank, bill, openBill }: PayersThings): Promise<void> {
  const { page } = tour;
  await tour.see('home');
  await tour.tap('home.hide');
  await tour.look('home-hidden');
  await tour.tap('home.show');
  await tour.tap('home.menu');
  await tour.look('menu');
  await page.keyboard.press('Escape');
  await tour.see('receive');
  await page.locator('summary').click();
  await page.locator('.keypad .key').first().click();
  await tour.look('receive-more');
  await tour.see('pay', 'pay-camera');
  await tour.paste(openBill);
  await tour.look('pay-how-much');
  await tour.visit('home'); // forgets the request
  await tour.visit('pay');
  await tour.paste(bill);
  await expect(page.locator('.slide')).toBeVisible();
  await tour.look('pay-slide');
  await tour.see('scan');
  await tour.paste('https://shop.example/taro');
  await tour.look('scan-not-ours');
  await tour.see(`show/${shown}`);
  await page.locator('summary').click();
  await tour.tap('do.copy');
  await tour.look('show-message');
  await tour.see(`they-have-it/${shown}`);
  await tour.tap('have.none');
  await tour.look('they-have-it-none');
  await tour.see(`they-have-it/${arrived}`, 'they-have-it-right');
  await tour.see('history');
  await tour.see(`history/${friend}`, 'history-one');
  await tour.see(`receipt/${shown}`);
  await page.locator('summary').click();
  await tour.look('receipt-proof');
  await tour.see('people');
  await tour.see(`people/${friend}`, 'people-one');
  await tour.visit('wrong');
  for (const one of await page.locator('summary').all()) await one.click();
  await tour.look('wrong');
  await tour.see('profiles');
  await tour.tap('do.forget');
  await tour.look('dialog');
  await page.keyboard.press('Escape');
  await tour.see('till', 'till-no-pin');
  await tour.see('day-end', 'day-end-empty');
  for (const path of ['lost', 'backup', 'bank', 'settings', 'about', 'language']) await tour.see(path);
  await tour.see(`enrol/${bank}`, 'enrol-words');
}

/** The same person at the bank: before, and when all is brought there. */
export async function connected(tour: Tour): Promise<void> {
  const { page } = tour;
  await tour.see('sync');
  await tour.tap('do.sync');
  await expect(page.getByText(tour.says('sync.done'))).toBeVisible();
  await page.locator('summary').click();
  await tour.look('sync-done');
  await tour.see('history', 'history-settled');
}

/** What a payee's phone has. */
export interface PayeesThings {
  got: string;
  asking: string;
  over: string;
  moving: string;
  pin: string;
}

/** Somebody who is paid, who has a PIN and keeps a shop. */
export async function payee(tour: Tour, { got, asking, over, moving, pin }: PayeesThings): Promise<void> {
  const { page } = tour;
  await tour.see('home');
  await tour.see(`receive?bill=${asking}`, 'asking');
  await tour.see(`receive?bill=${over}`, 'asked-before');
  await tour.see(`receive/${got}`, 'got');
  await tour.see(`receipt/${got}`, 'receipt');
  await tour.see('history');
  await tour.see('give-back');
  await tour.see(`give-back/${got}`, 'give-back-one');
  await tour.see(`show/${moving}`, 'show-moving');
  await tour.visit('pin');
  await tour.look('pin-ask');
  await digits(page, pin);
  await expect(page.getByRole('group', { name: tour.says('pin.lockAfter') })).toBeVisible();
  await tour.look('pin-change');
  await till(tour, got, pin);
  await tour.visit('home');
  await tour.tap('home.menu');
  await tour.look('menu-lock');
  await tour.tap('do.lock');
  await tour.look('locked');
  await digits(page, '9999');
  await expect(page.getByText(tour.says('pin.wrong'))).toBeVisible();
  await tour.look('locked-wrong');
  await tour.see('restore', 'pin-forgotten');
  await tour.visit('home');
  await digits(page, pin);
  await expect(page.getByRole('button', { name: tour.says('home.menu') })).toBeVisible();
}

async function till(tour: Tour, got: string, pin: string): Promise<void> {
  const { page } = tour;
  await tour.see('till', 'till-closed');
  await tour.tap('till.open');
  await expect(page.getByRole('button', { name: tour.says('till.leave') })).toBeVisible();
  await tour.look('till');
  await tour.see(`receive/${got}`, 'till-got');
  await tour.tap('till.next');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(tour.says('till.title'));
  await tour.see('day-end');
  await tour.visit('till');
  await tour.tap('till.leave');
  await tour.look('till-leave');
  await digits(page, pin);
  await expect(page.getByRole('button', { name: tour.says('home.menu') })).toBeVisible();
}
