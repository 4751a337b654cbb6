import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Result } from 'axe-core';

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
  const there = await page.evaluate(() => 'axe' in globalThis);
  const found = there ? await again(page, rules) : await bring(page, rules);
  return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html).join(' | ')}`);
}

async function bring(page: Page, rules: string[]): Promise<Result[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode();
  return (await (rules.length ? builder.withRules(rules) : builder).analyze()).violations;
}

function again(page: Page, rules: string[]): Promise<Result[]> {
  return page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const only = rules.length ? { runOnly: rules } : {};
    return (await axe.run(document, { resultTypes: ['violations'], ...only })).violations;
  }, rules);
}
