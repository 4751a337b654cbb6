import { Desk } from '../support/office.ts';
import { byHand, enrol, fetchMoney, pay, pictureOn, request, sync, take, tapPicture } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

test('two phones pay by camera with no network, and the bank settles it later', async ({ bank, phone }) => {
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
  await tapPicture(ana.page, await pictureOn(ben.page));

  await bank.start();
  await sync(ben.page);
  await sync(ana.page);
  await desk.menu('Bills');
  await desk.page.getByRole('searchbox').fill('two fish');
  await desk.page.getByRole('button', { name: 'Find' }).click();
  await expect(desk.page.getByRole('row', { name: /Ana.*Ben.*250 VUV.*paid/ })).toBeVisible();
  await desk.close();
});
