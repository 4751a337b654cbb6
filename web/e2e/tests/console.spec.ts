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

test('everybody can read every page of the console, at a desk and on a phone, in light and dark', async ({ bank }) => {
  const [vai, sefo] = [await Terminal.open(bank, 'Vai'), await Terminal.open(bank, 'Sefo')];
  await vai.cashIn('900');
  await vai.pays(sefo, '40');
  await sefo.run('sync');
  await bank.hire('all', 'teller,operate,approve');
  await bank.hire('over', 'supervisor');
  const desk = await Desk.of(bank, 'all');
  await desk.cashIn('Sefo', '5');
  await looked(desk, 'slip');
  await desk.menu('Complaints');
  await desk.page.getByLabel(/^Who complains/).fill('Vai');
  await desk.page.getByLabel(/^What about/).fill('the till was closed');
  await desk.page.getByRole('button', { name: 'Open the complaint' }).click();
  await fillInFee(desk, '0.60');
  await desk.page.getByRole('button', { name: 'Ask for it' }).click();
  await expect(desk.page.getByText('Somebody else has to approve it.')).toBeVisible();
  const seen = await everyPage(desk);
  const some = ['/', '/counter', '/drawer', '/bills/*', '/purses/*', '/acts/freeze', '/requests/*', '/complaints/*'];
  expect(seen).toEqual(expect.arrayContaining(some));
  for (const [path, name] of [
    ['charter/paper', 'the-paper'],
    ['charter/next', 'the-next-charter'],
    ['bills?q=vai', 'found-bills'],
  ] as const) {
    await desk.page.goto(bank.console + path);
    await looked(desk, name);
  }
  await desk.close();
  const supervisor = await Desk.of(bank, 'over');
  await supervisor.menu('Audit trail');
  await looked(supervisor, 'audit');
  await supervisor.close();
});

test('two officers change a fee in the next charter; whoever supervises reads who did it', async ({ bank }) => {
  await bank.hire('lani', 'operate');
  await bank.hire('sefa', 'approve');
  await bank.hire('eye', 'supervisor');
  const lani = await Desk.of(bank, 'lani');
  const { page } = lani;
  await fillInFee(lani, '0.75');
  await looked(lani, 'a-change');
  await page.getByRole('button', { name: 'Ask for it' }).click();

  const sefa = await Desk.of(bank, 'sefa');
  await sefa.page.goto(page.url());
  await expect(sefa.page.getByText(/from 0 and 0\.50 % to 0 and 0\.75 %/)).toBeVisible();
  await looked(sefa, 'a-request');
  await sefa.page.getByRole('button', { name: /^Approve/ }).click();
  await expect(sefa.page.getByRole('status')).toBeVisible();
  await page.goto(bank.console + 'charter/next');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download it for signing' }).click();
  expect((await download).suggestedFilename()).toMatch(/^charter-\d+\.unsigned$/);

  const eye = await Desk.of(bank, 'eye');
  await eye.menu('Audit trail');
  await eye.page.getByRole('searchbox').fill('0.75 %');
  await eye.page.getByRole('button', { name: 'Find' }).click();
  await expect(eye.page.getByRole('cell', { name: /asked for by lani/ })).toBeVisible();
  await looked(eye, 'the-trail');
  await eye.menu('Officers');
  await looked(eye, 'the-officers');
  await Promise.all([lani.close(), sefa.close(), eye.close()]);
});

/** What the board decided, ready to be asked for. */
async function fillInFee(desk: Desk, percent: string): Promise<void> {
  const { page } = desk;
  await desk.menu('Charter');
  await page.locator('#fees').getByRole('link', { name: 'Ask' }).nth(1).click();
  await page.getByLabel(/^And of the amount/).fill(percent);
  await page.getByLabel('Why', { exact: true }).fill('the board decided');
  await page.getByLabel(/^Document/).fill('minutes of 3 November');
}

/** Follows every link to a page, and looks at one page of each kind. */
async function everyPage(desk: Desk): Promise<string[]> {
  const { page } = desk;
  await page.goto(new URL('/', page.url()).href);
  const seen: string[] = [];
  const todo = ['/'];
  for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
    const kind = path.replace(/\?.*/, '').replace(/(?<=\/)(\w*\d\w*|[A-Za-z0-9_-]{16,})(?=\/|$)/g, '*');
    if (seen.includes(kind)) continue;
    seen.push(kind);
    await page.goto(new URL(path, page.url()).href);
    await looked(
      desk,
      kind
        .replace('*', 'one')
        .replaceAll(/[^a-z]+/g, '-')
        .replaceAll(/^-|-$/g, '') || 'today',
    );
    const links = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')!));
    todo.push(...links.filter((link) => !file.test(link)));
  }
  return seen;
}

/** What is kept, not looked at. */
const file = /[?&]csv=|\/evidence|\/chain|\/exports\/large|^\/static/;

/** At the width of a desk and of a phone: nothing may be cut off, and no page is wider than the screen. */
async function looked({ page }: Desk, name: string): Promise<void> {
  for (const [device, width, height] of [
    ['desk', 1280, 800],
    ['phone', 360, 720],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect(await usable(page, device === 'desk'), `${name} at a ${device}`).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, `${name} at a ${device}`).toBeLessThanOrEqual(width);
    const narrow = await page.locator('dd').evaluateAll((all) => all.filter((one) => one.clientWidth < 120).length);
    expect(narrow, `${name} at a ${device}: values with no room`).toBe(0);
    await page.screenshot({ path: `results/console/${name}-${device}.png`, fullPage: true });
  }
}
