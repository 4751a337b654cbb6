import type { Page } from '@playwright/test';
import { canSpend, home, request, take } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

test('a payment by keyboard alone', async ({ person }) => {
  const [fia, gil] = [await person('Fia', 500), await person('Gil')];
  await request(gil.page, '70');
  fia.hold(await gil.screen());
  const { page } = fia;
  await home(page);
  await tabTo(page, 'link', 'Pay');
  await page.keyboard.press('Enter');
  await expect(page.getByText('You pay Gil')).toBeVisible();
  await tabTo(page, 'button', 'Slide to pay 70 VT');
  await page.keyboard.down('Enter');
  await expect(page.getByText('It is written down. Now the other phone must get it.')).toBeVisible();
  await page.keyboard.up('Enter');
  gil.hold(await fia.screen());
  await take(gil.page, '70 VT');
  await tabTo(page, 'link', 'They have it');
  await page.keyboard.press('Enter');
  const picture = (await gil.page.getByRole('img', { name: /^Picture: / }).getAttribute('aria-label'))!;
  await tabTo(page, 'button', picture.replace('Picture: ', ''));
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^They have it\. You have paid/)).toBeVisible();
  await canSpend(page, '430 VT');
});

/** Presses Tab until the one that is meant has the focus, and can be seen to have it. */
async function tabTo(page: Page, role: 'link' | 'button', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  await expect(wanted).toBeVisible();
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab');
    if (!(await wanted.evaluate((one) => one === document.activeElement))) continue;
    const outline = await wanted.evaluate((one) => getComputedStyle(one).outlineStyle);
    expect(outline, `${name} shows that it has the focus`).not.toBe('none');
    return;
  }
  throw new Error(`Tab never comes to ${name}`);
}
