import { expect, test } from '../support/test.ts';

test('a second tab does not open the wallet, and may take it over', async ({ person }) => {
  const kim = await person('Kim');
  const second = await kim.tab();
  await expect(second.getByRole('heading', { name: 'Kula is open elsewhere' })).toBeVisible();
  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(second.getByText('You can spend now')).toBeVisible();
  await expect(kim.page.getByRole('heading', { name: 'Kula is open elsewhere' })).toBeVisible();
});
