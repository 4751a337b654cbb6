import type { Page } from '@playwright/test';
import { home, menu, paste, request, slide } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

// A wallet's memory that was put back as it was: paying from there again would be to pay twice.

test('a memory put back from a copy pays nothing more, and leads to the 24 words', async ({ person }) => {
  const [ada, bob] = [await person('Ada', 500), await person('Bob')];
  await request(bob.page, '80');
  await scan(ada.page, await bob.text());
  const before = await records(ada.page);
  await slide(ada.page);
  await expect(ada.page.getByText('It is written down. Now the other phone must get it.')).toBeVisible();
  await home(ada.page);

  await records(ada.page, before);
  await ada.page.reload();
  const alert = ada.page.getByRole('alert').filter({ hasText: 'Do not pay with it. Bring your money back' });
  await expect(alert).toBeVisible();
  await ada.page.screenshot({ path: 'results/copied.png' });

  await request(bob.page, '30');
  await scan(ada.page, await bob.text());
  await slide(ada.page);
  await expect(ada.page.getByRole('alert').filter({ hasText: 'Do not pay with it.' })).toBeVisible();
  await home(ada.page);
  expect(await records(ada.page)).toBe(before);

  await alert.getByRole('button', { name: 'Bring your money back' }).click();
  await expect(ada.page.getByText('Type your 24 words, in the order of your paper.')).toBeVisible();
  await home(ada.page);
  await expect(alert).toHaveCount(0);
  await expect(ada.page.getByRole('link', { name: /^Join/ })).toBeVisible();
  expect(await records(ada.page)).toBe(before + 1); // all purses retired
  await ada.page.reload();
  await expect(ada.page.getByRole('link', { name: /^Join/ })).toBeVisible();
  await expect(alert).toHaveCount(0);
});

test('a memory whose mark was cleared, or lost its own write, is no copy', async ({ person }) => {
  const { page } = await person('Cat', 500);
  const mark = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith('kula-mark-')));
  expect(mark?.[1]).toMatch(/^\d+ [0-9a-f]{16}$/);
  await request(page, '10');
  await page.evaluate(([key, value]) => localStorage.setItem(key, value), mark!);
  await page.reload();
  await home(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.evaluate((key) => localStorage.removeItem(key), mark![0]);
  await page.reload();
  await home(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await menu(page, 'Settings');
});

/** How many records there are; `keep` puts the journal back to so many, as a copy of the browser's files does. */
function records(page: Page, keep = -1): Promise<number> {
  return page.evaluate(async (keep) => {
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error());
      });
    const { name } = (await indexedDB.databases()).find((one) => one.name?.startsWith('kula-'))!;
    const db = await answer(indexedDB.open(name!));
    const journal = db.transaction('journal', 'readwrite').objectStore('journal');
    if (keep >= 0) await answer(journal.delete(IDBKeyRange.lowerBound(keep)));
    const count = await answer(journal.count());
    db.close();
    return count;
  }, keep);
}

async function scan(page: Page, text: string): Promise<void> {
  await home(page);
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await paste(page, text);
  await expect(page.getByText(/^You pay/)).toBeVisible();
}
