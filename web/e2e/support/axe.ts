import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Whether everybody can use this page, as far as a machine can tell: nothing is excused. */
export async function usable(page: Page, what: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await clean(axe(page), `${what}, light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await clean(axe(page).withRules('color-contrast'), `${what}, dark`); // nothing else differs
  await page.emulateMedia({ colorScheme: null });
}

/** No page of ours has frames, for which alone axe opens another page. */
const axe = (page: Page) => new AxeBuilder({ page }).setLegacyMode();

async function clean(builder: AxeBuilder, what: string): Promise<void> {
  const { violations } = await builder.analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html).join(' | ')}`);
  expect(told, what).toEqual([]);
}
