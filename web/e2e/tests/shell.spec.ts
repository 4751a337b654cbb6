import { enrol } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

test('a second tab does not open the wallet, and may take it over', async ({ person }) => {
  const kim = await person('Kim');
  const second = await kim.tab();
  await expect(second.getByRole('heading', { name: 'Kula is open elsewhere' })).toBeVisible();
  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(second.getByText('You can spend now')).toBeVisible();
  await expect(kim.page.getByRole('heading', { name: 'Kula is open elsewhere' })).toBeVisible();
});

test('when the phone has deleted everything, the 24 words bring the person back', async ({ phone }) => {
  const noa = await phone();
  const words = await enrol(noa, 'Noa');
  const devtools = await noa.page.context().newCDPSession(noa.page);
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(noa.address).origin, storageTypes: 'indexeddb' });
  await noa.page.goto('about:blank');
  await noa.page.goto(noa.address);
  await noa.page.getByRole('link', { name: 'I have my 24 words' }).click();
  await noa.page.getByLabel('Word 1').fill(words.join(' ') + ' ');
  await noa.page.getByRole('button', { name: 'This is my bank' }).click();
  await noa.page.getByLabel('Your name, as people know you').fill('Noa');
  await noa.page.getByRole('button', { name: 'Join the bank' }).click();
  await expect(noa.page.getByText('You are with Bank of the Islands now.')).toBeVisible();
  await noa.page.getByRole('button', { name: 'Stop that phone' }).click();
  await expect(noa.page.getByRole('button', { name: 'Stop that phone' })).toHaveCount(0);
  await expect(noa.page.getByRole('button', { name: 'Next' })).toBeVisible();
});
