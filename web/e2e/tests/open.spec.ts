import { test, expect } from '@playwright/test';
import { Bank } from '../support/bank.ts';
import { Phone } from '../support/phone.ts';

test('the app opens', async () => {
  const bank = await Bank.open();
  const phone = await Phone.open(bank.app);
  await expect(phone.page.getByRole('heading').first()).toBeVisible();
  await phone.page.screenshot({ path: 'results/screens/open.png' });
  await phone.close();
  await bank.close();
});
