import { statSync } from 'node:fs';
import type { Bank } from '../support/bank.ts';
import { Desk } from '../support/office.ts';
import type { Phone } from '../support/phone.ts';
import { onOneThread, slowed, took } from '../support/slow.ts';
import {
  byHand,
  canSpend,
  menu,
  openFile,
  pay,
  pictureOn,
  request,
  saveFile,
  sync,
  tapPicture,
} from '../support/steps.ts';
import { Terminal } from '../support/terminal.ts';
import { alone, expect, test } from '../support/test.ts';
import { note } from '../support/times.ts';

test('money that went through ten hands is paid by a moving code', alone, async ({ bank, phone, person }) => {
  test.slow(); // ten wallets
  const opening = Promise.all(Array.from({ length: 10 }, (_, n) => Terminal.open(bank, `Hand-${n}`)));
  const [ivo, jana] = [await person('Ivo'), await person('Jana')];
  const hands = await opening;
  await hands[0]!.cashIn('1000');
  await bank.stop();
  await fromHandToHand(hands, ivo);

  await request(jana.page, '800', 'the blue canoe');
  ivo.hold(await jana.screen(), byHand);
  await pay(ivo.page, 'Jana');
  await expect(ivo.page.getByText('The picture moves')).toBeVisible();
  const payment = bank.path('payment.kula');
  await saveFile(ivo.page, payment);
  expect(statSync(payment).size).toBeGreaterThan(6 * 1024);
  await jana.kill();
  await soonEnough(() => phone({ ...onOneThread, copyOf: jana }), payment);

  jana.hold(await ivo.screen(36), { ...byHand, tilt: -0.09, each: 0.2 });
  await jana.start();
  await menu(jana.page, 'Scan');
  await received(jana);
  await tapPicture(ivo.page, await pictureOn(jana.page));
  await canSpend(jana.page, '800 VT');
  await bank.start();
  await settled(bank, jana);
});

/** Each hand pays what it got to the next, the last one to a phone. */
async function fromHandToHand(hands: Terminal[], phone: Phone): Promise<void> {
  for (const [n, hand] of hands.slice(1).entries()) {
    const parts = n < 6 ? ['500', '300'] : ['800']; // two bills where it is many: more documents stand behind the last
    for (const part of parts) await hands[n]!.pays(hand, part);
  }
  await request(phone.page, '800');
  await openFile(phone.page, await hands.at(-1)!.paysBill(await phone.text()));
  await expect(phone.page.getByText('You have received 800 VT')).toBeVisible();
}

/** How long a slow phone takes over it that was just opened: the best of five, the others say what else this machine did. */
async function soonEnough(fresh: () => Promise<Phone>, payment: string): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < 5; n++) {
    const one = await fresh();
    const slow = await slowed(one);
    await openFile(one.page, payment);
    await received(one);
    times.push(await took(one, 'accept'));
    await slow.detach();
    await one.close();
  }
  note('ten-hops-6x', Math.min(...times));
}

async function received({ page }: Phone): Promise<void> {
  const seen = page.getByText('You have received 800 VT');
  await expect(seen).toBeVisible({ timeout: 120_000 }); // a busy machine reads few of the pictures that go by
  await expect(page.getByText('10 payments since the bank')).toBeVisible();
}

/** Once she has been at the bank it has moved the money, and she needs nobody's word for it any more. */
async function settled(bank: Bank, { page }: Phone): Promise<void> {
  await sync(page);
  await canSpend(page, '800 VT');
  await menu(page, 'What I paid and received');
  await expect(page.getByRole('listitem').filter({ hasText: 'the bank has it: it is yours' })).toHaveCount(1);
  const desk = await Desk.of(bank, 'mere');
  await desk.menu('Bills');
  await desk.page.getByRole('searchbox').fill('the blue canoe');
  await desk.page.getByRole('button', { name: 'Find' }).click();
  await expect(desk.page.getByRole('row', { name: /Ivo.*Jana.*800 VUV.*paid/ })).toBeVisible();
  await desk.close();
}
