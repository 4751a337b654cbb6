import { expect, type Page } from '@playwright/test';
import type { Scene } from './camera.ts';
import type { Phone } from './phone.ts';

/** How a phone is held by somebody who does not stand still: askew, out of focus, in poor light. */
export const byHand: Scene = { tilt: 0.12, blur: 1, noise: 25 };

/** Somebody new: the 24 words, the bank of this page, a name. Returns the words. */
export async function enrol({ page }: Phone, name: string): Promise<string[]> {
  const words = await bankScreen(page);
  await page.getByRole('button', { name: 'This is my bank' }).click();
  await join(page, name);
  return words;
}

/** Somebody new who has the 24 words, and chooses a bank. Returns the words. */
export async function bankScreen(page: Page): Promise<string[]> {
  const words = await newWords(page);
  await expect(page.getByRole('heading', { name: 'Choose your bank' })).toBeVisible();
  return words;
}

/** Chooses another bank than that of this page, whose code is pasted, and does not join it. */
export async function trustOther(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: 'Scan' }).click();
  await paste(page, code);
  await page.getByRole('button', { name: 'This is my bank' }).click();
  await expect(page.getByLabel('Your name, as people know you')).toBeVisible();
}

/** Writes the words down and finds some of them again. */
async function newWords(page: Page): Promise<string[]> {
  await page.getByRole('link', { name: 'I am new here' }).click();
  await page.getByRole('button', { name: 'Show the words' }).click();
  const paper = await page.getByRole('listitem').locator('b').allTextContents();
  expect(paper).toHaveLength(24);
  await page.getByRole('button', { name: 'I wrote them down' }).click();
  for (let n = 1; n <= 3; n++) {
    await expect(page.getByText(`${n} of 3`, { exact: true })).toBeVisible();
    const question = await page.getByText(/What is word \d+/).textContent();
    const number = Number(/word (\d+)/.exec(question ?? '')?.[1]);
    await page.getByRole('button', { name: paper[number - 1]!, exact: true }).click();
  }
  return paper;
}

/** Joins the bank that was chosen. */
export async function join(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name, as people know you').fill(name);
  await page.getByRole('button', { name: 'Join the bank' }).click();
  await expect(page.getByRole('status').filter({ hasText: /^You are with/ })).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('heading', { name: 'PIN' })).toBeVisible();
}

/** Goes to the first screen by "back", or stays there. */
export async function home(page: Page): Promise<void> {
  await page.evaluate(() => (location.hash = '#/home'));
  await expect(page.getByRole('button', { name: 'Menu' })).toBeVisible();
}

/** Goes to a screen by the menu. */
export async function menu(page: Page, name: string): Promise<void> {
  await home(page);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Connects to the bank from the menu. */
export async function sync(page: Page): Promise<void> {
  await menu(page, 'Connect to the bank');
  await page.getByRole('button', { name: 'Connect to the bank' }).click();
  await expect(page.getByText('Done. All is with the bank.')).toBeVisible();
}

/** Connects, once, for what was taken in at the counter: the phone waits the seconds that the ledger takes. */
export async function fetchMoney(page: Page, amount: string): Promise<void> {
  await sync(page);
  await expect(page.getByText(`You can spend ${amount} now`)).toBeVisible();
}

/** Asks for an amount; when it resolves the code is on the screen. */
export async function request(page: Page, amount: string, memo = ''): Promise<void> {
  await ask(page, amount, memo);
  await expect(page.getByText('Let the payer scan this')).toBeVisible();
}

/** Types what to ask for, and goes on. */
export async function ask(page: Page, amount: string, memo = ''): Promise<void> {
  await home(page);
  await page.getByRole('link', { name: 'Receive', exact: true }).click();
  for (const digit of amount) await page.getByRole('button', { name: digit, exact: true }).click();
  if (memo) {
    await page.getByText('What is it for?').first().click();
    await page.getByLabel(/^What is it for/).fill(memo);
  }
  await page.getByRole('button', { name: 'Next' }).click();
}

/** Pays what the camera sees; when it resolves the payment is on the screen. */
export async function pay(page: Page, payee: string): Promise<void> {
  await home(page);
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await expect(page.getByText(`You pay ${payee}`)).toBeVisible();
  await slide(page);
  await expect(page.getByText('It is written down. Now the other phone must get it.')).toBeVisible();
}

/** Slides the thumb all the way to the right. */
export async function slide(page: Page): Promise<void> {
  const thumb = page.getByRole('button', { name: /^Slide to pay/ });
  const box = (await thumb.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 100, y, { steps: 4 });
  await page.mouse.move(page.viewportSize()!.width - 4, y, { steps: 4 });
  await page.mouse.up();
}

/** Takes what the camera sees, from the request that is on the screen. */
export async function take(page: Page, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'When they have paid, scan their code' }).click();
  await expect(page.getByText(`You have received ${amount}`)).toBeVisible();
}

/** The same with what is pasted. */
export async function takePasted(page: Page, payment: string, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'When they have paid, scan their code' }).click();
  await paste(page, payment);
  await expect(page.getByText(`You have received ${amount}`)).toBeVisible();
}

/** The picture that the payee's phone shows. */
export async function pictureOn(page: Page): Promise<string> {
  const name = await page.getByRole('img', { name: /^Picture: / }).getAttribute('aria-label');
  return name!.replace('Picture: ', '');
}

/** The payer taps the picture that the other phone shows. */
export async function tapPicture(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'They have it' }).click();
  await page.getByRole('button', { name, exact: true }).click();
  await expect(page.getByText(/^They have it\. You have paid/)).toBeVisible();
}

/** Whether the first screen says that so much can be spent. */
export async function canSpend(page: Page, amount: string): Promise<void> {
  await home(page);
  await expect(page.getByText('You can spend now').locator('..')).toContainText(amount);
}

/** Reads a request by pasting it; when it resolves it is being looked at. */
export async function payPasted(page: Page, bill: string): Promise<void> {
  await home(page);
  await page.getByRole('link', { name: 'Pay', exact: true }).click();
  await paste(page, bill);
}

/** Pastes a code where the camera would see it. */
export async function paste(page: Page, text: string): Promise<void> {
  const box = page.getByLabel('Paste the text here');
  const button = page.getByRole('button', { name: 'Paste' });
  await expect(async () => {
    // A camera that turns out not to be there opens the other ways by itself.
    if (!(await button.or(box).isVisible())) await page.getByText('Another way').click({ timeout: 1_000 });
    if (!(await box.isVisible())) await button.click({ timeout: 1_000 });
    await box.fill(text, { timeout: 1_000 });
  }).toPass();
  await page.getByRole('button', { name: 'Next' }).click();
}

/** Opens a file where the camera would see a code. */
export async function openFile(page: Page, path: string): Promise<void> {
  await menu(page, 'Scan');
  await page.getByText('Another way').click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a file' }).click();
  await (await chooser).setFiles(path);
}

/** Saves what the code on the screen says as a file. */
export async function saveFile(page: Page, path: string): Promise<void> {
  await page.getByText('Or send it as a file').click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /^(Share|Save as a file)$/ }).click();
  await (await download).saveAs(path);
}
