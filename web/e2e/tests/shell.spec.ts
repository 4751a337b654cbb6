import { canSpend, enrol, home, payPasted, request, slide } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';
import type { Phone } from '../support/phone.ts';

test('a second tab does not open the wallet, and may take it over, also in the middle of a payment', async ({
  person,
}) => {
  const kim = await person('Kim', 300);
  const ola = await person('Ola');
  await request(ola.page, '100');
  await payPasted(kim.page, await ola.text());
  await expect(kim.page.getByText('You pay Ola')).toBeVisible();
  const second = await kim.tab();
  await expect(second.getByRole('heading', { level: 1 })).toHaveText('Kula is open elsewhere', { timeout: 10_000 });
  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(kim.page.getByRole('heading', { name: 'Kula is open elsewhere' })).toBeVisible();
  await payPasted(second, await ola.text());
  await slide(second);
  await expect(second.getByText('It is written down')).toBeVisible();
  await kim.page.getByRole('button', { name: 'Use it here' }).click();
  await expect(second.getByRole('heading', { name: 'Kula is open elsewhere' })).toBeVisible();
  await home(kim.page);
  await expect(kim.page.getByText('1 payment is not yet received')).toBeVisible();
  await canSpend(kim.page, '200 VT');
});

test('whoever forgot the PIN opens Kula with the 24 words, and nobody else does', async ({ phone }) => {
  const mia = await phone();
  const words = await enrol(mia, 'Mia');
  await choosePin(mia, '2468');

  await again(mia);
  await type(mia, '1111');
  await expect(mia.page.getByText('That is not the PIN.')).toBeVisible();
  await mia.page.getByRole('link', { name: 'I forgot my PIN' }).click();
  await expect(mia.page.getByText('With your 24 words you can choose a new PIN.')).toBeVisible();
  await mia.page.getByLabel('Word 1').fill('abandon '.repeat(23) + 'art ');
  await expect(mia.page.getByText('Your words do not belong to this account.')).toBeVisible();
  await again(mia);
  await mia.page.getByRole('link', { name: 'I forgot my PIN' }).click();
  await mia.page.getByLabel('Word 1').fill(words.join(' ') + ' ');
  await choosePin(mia, '13579');

  await again(mia);
  await type(mia, '2468');
  await expect(mia.page.getByText('You can spend now')).toHaveCount(0);
  await type(mia, '9');
  await expect(mia.page.getByText('That is not the PIN.')).toBeVisible();
  await type(mia, '13579');
  await canSpend(mia.page, '0 VT');
});

async function choosePin(one: Phone, digits: string): Promise<void> {
  await expect(one.page.getByText('Choose a PIN of 4 to 8 digits')).toBeVisible();
  await type(one, digits);
  await one.page.getByRole('button', { name: 'Next' }).click();
  await expect(one.page.getByText('Type it once more')).toBeVisible();
  await type(one, digits);
  await expect(one.page.getByText('The PIN is set.').first()).toBeVisible();
}

/** The app is closed and opened, and asks for the PIN. */
async function again(one: Phone): Promise<void> {
  await one.page.goto('about:blank');
  await one.page.goto(one.address);
  await expect(one.page.getByText('Type your PIN').first()).toBeVisible();
}

async function type({ page }: Phone, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
}

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
