import { expect, type Locator, type Page } from '@playwright/test';
import { bi } from '../../app/src/i18n/bi/index.ts';
import { en } from '../../app/src/i18n/en/index.ts';
import { fj } from '../../app/src/i18n/fj/index.ts';
import { fr } from '../../app/src/i18n/fr/index.ts';
import { sm } from '../../app/src/i18n/sm/index.ts';
import { to } from '../../app/src/i18n/to/index.ts';
import { tpi } from '../../app/src/i18n/tpi/index.ts';
import type { Catalogue, Key } from '../../app/src/i18n/types.ts';
import { usable } from './axe.ts';
import { faultsOf, settled } from './faults.ts';

/** How a phone is set: every language once, and one with the largest text in the dark. */
export interface Setting {
  catalogue: Catalogue;
  /** The place of the size in the settings, from 0. */
  size: number;
}
export const settings: Setting[] = [
  ...[en, fr, bi, tpi, to, sm, fj].map((catalogue) => ({ catalogue, size: 0 })),
  { catalogue: fr, size: 3 },
];

/** The smallest phone that is sold. */
export const smallest = { width: 320, height: 640 };

/** Somebody who looks at every screen of a phone, in one language after the other. */
export class Tour {
  readonly faults: string[] = [];
  setting: Setting = { catalogue: en, size: 0 };

  constructor(
    public page: Page,
    private readonly who: string,
  ) {}

  /** Sets the phone as the person would, in the settings. */
  async set(setting: Setting): Promise<void> {
    const { catalogue, size } = setting;
    await this.visit('language');
    await this.page.locator(`button[lang=${catalogue.lang}]`).click();
    await expect(this.page.locator('html')).toHaveAttribute('lang', catalogue.lang);
    if (size !== this.setting.size) {
      await this.visit('settings');
      await this.page.locator('input[name=size]').nth(size).check();
    }
    this.setting = setting;
  }

  /** Goes to a screen by its address, as a link does. */
  async visit(path: string): Promise<void> {
    await this.go(path);
    await settled(this.page);
  }

  private go(path: string): Promise<unknown> {
    return this.page.evaluate((hash) => (location.hash = hash), `#/${path}`);
  }

  /** What a text of the catalogue looks like in the language of the phone, with anything in its gaps. */
  says(key: Key): RegExp {
    const message = this.setting.catalogue.words[key];
    const forms = typeof message === 'string' ? [message] : [message.one, message.other];
    const parts = forms.map((text) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '.*'));
    return new RegExp(`^(${parts.join('|')})$`);
  }

  button(key: Key): Locator {
    return this.page
      .getByRole('button', { name: this.says(key) })
      .or(this.link(key))
      .first();
  }

  link(key: Key): Locator {
    return this.page.getByRole('link', { name: this.says(key) });
  }

  async tap(key: Key): Promise<void> {
    await this.button(key).click();
  }

  /** Pastes a code where the camera would see it. */
  async paste(text: string): Promise<void> {
    await this.page.locator('.other-ways > summary').click();
    await this.tap('do.paste');
    await this.page.getByLabel(this.says('scan.pasteHere')).fill(text);
    await this.tap('do.next');
  }

  /**
   * Looks at the screen as it stands: a picture of it, and all that is wrong with it. What axe looks for hangs on the
   * screen and not on the language: English, and the largest text.
   */
  async look(name: string): Promise<void> {
    await settled(this.page);
    const { catalogue, size } = this.setting;
    const place = `${catalogue.lang}${size ? '-large' : ''}`;
    await this.page.screenshot({
      path: `results/screens/${place}/${this.who}-${name}.png`,
      fullPage: true,
      style: '.foot { position: static !important }',
    });
    const told = await faultsOf(this.page);
    if (catalogue === en || size > 0) told.push(...(await usable(this.page)));
    this.faults.push(...told.map((fault) => `${place} ${this.who} ${name}: ${fault}`));
  }

  /** Goes to a screen and looks at it. */
  async see(path: string, name = path.replace(/[/?].*/, '')): Promise<void> {
    await this.go(path);
    await this.look(name);
  }
}
