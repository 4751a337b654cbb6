import type { Page } from '@playwright/test';
import { Desk } from '../support/office.ts';
import { byHand, enrol, fetchMoney, menu, pay, pictureOn, request, sync, take, tapPicture } from '../support/steps.ts';
import { alone, expect, test } from '../support/test.ts';

test('two phones pay by camera with no network, and the bank settles it later', alone, async ({ bank, phone }) => {
  const [ana, ben] = [await phone(), await phone()];
  await enrol(ana, 'Ana');
  await enrol(ben, 'Ben');
  const desk = await Desk.of(bank, 'mere');
  await desk.cashIn('Ana', '2000');
  await fetchMoney(ana.page, '2,000 VT');

  await bank.stop();
  await request(ben.page, '250', 'two fish');
  ana.hold(await ben.screen(), byHand);
  await pay(ana.page, 'Ben');
  ben.hold(await ana.screen(), { ...byHand, tilt: -0.09 });
  await take(ben.page, '250 VT');
  await expect(ben.page.getByText('from Ana')).toBeVisible(); // whom Ben has never met
  await shown(ben.page, 'got');
  await tapPicture(ana.page, await pictureOn(ben.page));

  await menu(ana.page, 'Something is wrong');
  await ana.page.getByText('I paid too much, or the wrong person').click();
  await ana.page.getByRole('button', { name: 'Tell the bank' }).click();
  await expect(ana.page.getByText('The bank gets it when you next connect.')).toBeVisible();
  await shown(ana.page, 'told');

  await bank.start();
  await sync(ben.page);
  await expect(ben.page.getByText('1 payment brought')).toBeVisible();
  await sync(ana.page);
  const number = /\d+/.exec(await ana.page.getByText(/^Your number at the bank: \d+$/).innerText())![0];
  await shown(ana.page, 'numbered');
  await menu(ben.page, 'What I paid and received');
  await expect(ben.page.getByRole('link', { name: /received 250 vatu.*Ana/s })).toBeVisible();
  await shown(ben.page, 'history');
  await desk.menu('Bills');
  await desk.page.getByRole('searchbox').fill('two fish');
  await desk.page.getByRole('button', { name: 'Find' }).click();
  await expect(desk.page.getByRole('row', { name: /Ana.*Ben.*250 VUV.*paid/ })).toBeVisible();
  await desk.menu('Complaints');
  await expect(desk.page.getByRole('row', { name: /Ana.*I paid too much, or the wrong person/ })).toBeVisible();
  await desk.page.getByRole('link', { name: number, exact: true }).click();
  const proof = desk.page.waitForEvent('download');
  await desk.page.getByRole('link', { name: 'for kula verify, not looked at yet' }).click();
  expect((await proof).suggestedFilename()).toBe(`complaint-${number}.kula`);
  await desk.close();
});

async function shown(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `results/payment/${name}.png` });
}
