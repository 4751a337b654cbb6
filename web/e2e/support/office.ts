import { chromium, expect, type Browser, type Page } from '@playwright/test';
import type { Bank } from './bank.ts';
import { executable } from './phone.ts';

/** A desk at the bank: a browser of its own, with an officer before it. */
export class Desk {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async open(link: string): Promise<Desk> {
    const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
    const desk = new Desk(browser, await (await browser.newContext()).newPage());
    await desk.page.goto(link);
    return desk;
  }

  /** The desk of an officer who has signed in by a new link. */
  static async of(bank: Bank, officer: string): Promise<Desk> {
    const desk = await Desk.open(await bank.linkFor(officer));
    await desk.page.getByRole('button', { name: 'Sign in' }).click();
    await expect(desk.page.getByRole('heading', { name: 'My sign-in' })).toBeVisible();
    return desk;
  }

  /** Goes by the menu. */
  async menu(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  }

  /** Takes cash from somebody at the counter, as a teller does; when it resolves the slip is on the screen. */
  async cashIn(name: string, amount: string): Promise<void> {
    const { page } = this;
    await this.menu('Counter');
    await page.getByRole('searchbox').fill(name);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name, exact: true }).click();
    const form = page.locator('form', { has: page.getByRole('heading', { name: 'Cash in' }) });
    await form.getByLabel('Amount').fill(amount);
    await form.getByRole('button', { name: 'Cash in' }).click();
    await page.getByRole('button', { name: /^Book/ }).click();
    await expect(page.getByRole('heading', { name: /./ }).first()).toBeVisible();
    await expect(page.getByText(/^Slip \d+/)).toBeVisible();
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
