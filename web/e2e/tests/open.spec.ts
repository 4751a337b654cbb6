import { expect, test } from '../support/test.ts';

test('the app opens', async ({ phone }) => {
  const { page } = await phone();
  await expect(page.getByRole('heading').first()).toBeVisible();
  await page.screenshot({ path: 'results/screens/open.png' });
});
