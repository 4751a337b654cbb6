import { test as base } from '@playwright/test';
import { Bank } from './bank.ts';
import { Desk } from './office.ts';
import { Phone, type PhoneOptions } from './phone.ts';
import { enrol, fetchMoney } from './steps.ts';

export type Person = (name: string, money?: number, options?: PhoneOptions) => Promise<Phone>;

interface OneTest {
  /** Opens a phone that nobody has used; it is thrown away after the test. */
  phone: (options?: PhoneOptions) => Promise<Phone>;
  /** The same with a purse, and as much money as is asked for. */
  person: Person;
}
interface AllTests {
  bank: Bank;
  /** Takes cash in, at a desk whose officer signed in once. */
  counter: (name: string, amount: number) => Promise<void>;
}

/** Films a screen or measures a time: it has the machine to itself. */
export const alone = { tag: '@alone' };

/** Opening a bank takes seconds, so the tests share one. Whoever stops it starts it again. */
export const test = base.extend<OneTest, AllTests>({
  bank: [
    async ({}, use) => {
      const bank = await Bank.open();
      await use(bank);
      await bank.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  counter: [
    async ({ bank }, use) => {
      let desk: Desk | undefined;
      await use(async (name, amount) => {
        desk ??= await Desk.of(bank, 'mere');
        await desk.cashIn(name, String(amount));
      });
      await desk?.close();
    },
    { scope: 'worker' },
  ],
  phone: async ({ bank }, use) => {
    const all: Phone[] = [];
    await use(async (options) => {
      const one = await Phone.open(options?.address ?? bank.app, options);
      all.push(one);
      return one;
    });
    for (const one of all) await one.close();
  },
  person: async ({ counter, phone }, use) => {
    await use(async (name, money = 0, options = {}) => {
      const one = await phone(options);
      await enrol(one, name);
      if (money > 0) {
        await counter(name, money);
        await fetchMoney(one.page, `${money.toLocaleString('en')} VT`);
      }
      return one;
    });
  },
});

export { expect } from '@playwright/test';
