import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * Whether everybody can use this page, as far as a machine can tell: nothing is excused. Dark differs in its colours only,
 * and those not from one language to another.
 */
export async function usable(page: Page, dark = true): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await violations(page);
  if (!dark) return light;
  await page.emulateMedia({ colorScheme: 'dark' });
  const more = await violations(page, 'color-contrast');
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...more.map((one) => `dark: ${one}`)];
}

/** What axe finds. The first time it is brought into the page (which has no frames), where it stays: reading it takes longest. */
async function violations(page: Page, ...rules: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await new AxeBuilder({ page }).setLegacyMode().analyze();
  return page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const only = rules.length ? { runOnly: rules } : {};
    const { violations } = await axe.run(document, { resultTypes: ['violations'], ...only });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html).join(' | ')}`);
  }, rules);
}
