import { test as base } from '@playwright/test';
import { Bank } from './bank.ts';
import { Phone, type PhoneOptions } from './phone.ts';

interface OneTest {
  /** Opens a phone that nobody has used; it is thrown away after the test. */
  phone: (options?: PhoneOptions) => Promise<Phone>;
}
interface AllTests {
  bank: Bank;
}

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
  phone: async ({ bank }, use) => {
    const all: Phone[] = [];
    await use(async (options) => {
      const one = await Phone.open(bank.app, options);
      all.push(one);
      return one;
    });
    for (const one of all) await one.close();
  },
});

export { expect } from '@playwright/test';
