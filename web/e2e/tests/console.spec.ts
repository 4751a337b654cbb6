import { usable } from '../support/axe.ts';
import { Desk } from '../support/office.ts';
import { Terminal } from '../support/terminal.ts';
import { expect, test } from '../support/test.ts';

test('an officer signs in by a link once, makes a passkey, and signs in by it', async ({ bank }) => {
  await bank.hire('sione', 'view');
  const link = await bank.linkFor('sione');
  const { page, close } = await deskWithKeys(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'My sign-in' })).toBeVisible();
  await page.getByLabel(/^Its name/).fill('the test');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('cell', { name: 'the test', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();

  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('link');

  await page.goto(bank.console + 'enter');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Today' })).toBeVisible();
  await expect(page.getByText('sione')).toBeVisible();
  await close();
});

/** A desk whose machine can keep passkeys. */
async function deskWithKeys(link: string) {
  const desk = await Desk.open(link);
  const devtools = await desk.page.context().newCDPSession(desk.page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return { page: desk.page, close: () => desk.close() };
}

test('a teller takes cash in, and what one officer asks for another approves', async ({ bank }) => {
  const lupe = await Terminal.open(bank, 'Lupe');
  await bank.hire('ana', 'teller,operate,approve');
  await bank.hire('tomasi', 'approve');
  const ana = await Desk.of(bank, 'ana');
  await ana.cashIn('Lupe', '1500');
  await expect(ana.page.locator('.slip')).toContainText(/1.500.VUV/);

  const { page } = ana;
  await ana.menu('People');
  await page.getByRole('searchbox').fill('Lupe');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('link', { name: 'Lupe' }).first().click();
  await page.getByRole('link', { name: 'Freeze' }).click();
  await page.getByLabel('Why').fill('lost for an hour');
  await page.getByRole('button', { name: 'Freeze a purse' }).click();
  await expect(page.getByRole('status')).toContainText('Frozen');
  await page.getByRole('link', { name: 'Unfreeze' }).click();
  await page.getByLabel('Why').fill('found again');
  await page.getByRole('button', { name: 'Ask for it' }).click();
  await expect(page.getByText('Somebody else has to approve it.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);

  const tomasi = await Desk.of(bank, 'tomasi');
  await tomasi.menu('Approvals');
  await tomasi.page.getByRole('link', { name: 'Unfreeze a purse' }).click();
  await tomasi.page.getByRole('button', { name: 'Approve and do it' }).click();
  await expect(tomasi.page.getByRole('status')).toContainText('Not frozen any more');

  await expect(async () => {
    await lupe.run('sync');
    const balance = await lupe.run<unknown>('balance');
    expect(JSON.stringify(balance)).toContain('1500');
  }).toPass();
  await ana.close();
  await tomasi.close();
});

test('everybody can read every page of the console, in light and dark', async ({ bank }) => {
  await Terminal.open(bank, 'Vai');
  await bank.hire('all', 'teller,operate,approve');
  const desk = await Desk.of(bank, 'all');
  const { page } = desk;
  const names = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
  expect(names).toEqual(expect.arrayContaining(['Today', 'Counter', 'People', 'Bills', 'Fraud', 'Approvals']));
  for (const name of names) {
    await desk.menu(name);
    await looked(desk, name);
  }
  await desk.menu('People');
  await page.getByRole('link', { name: 'Vai' }).first().click();
  await looked(desk, 'a purse');
  await page.goto(bank.console + 'acts/close');
  await looked(desk, 'an act');
  await desk.close();
});

async function looked({ page }: Desk, name: string): Promise<void> {
  await usable(page, name);
  await page.screenshot({ path: `results/console/${name.replaceAll(/\W+/g, '-')}.png` });
}
