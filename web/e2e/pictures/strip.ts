import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { settled } from '../support/faults.ts';
import { executable } from '../support/phone.ts';

const place = resolve(import.meta.dirname, '../../../docs/img');
const looked = resolve(import.meta.dirname, '../results/pictures');

/** Bytes that a picture may take. */
const most = 40_000;

/** One screen, and the words below it. */
export interface Screen {
  png: Buffer;
  says: string;
}

/** Takes the picture of a screen as it stands, when nothing moves any more; each is also kept whole to be looked at. */
export async function shoot(page: Page, name: string, says = ''): Promise<Screen> {
  mkdirSync(looked, { recursive: true });
  await settled(page);
  const path = join(looked, `${name}.png`);
  return { png: await page.screenshot({ path, animations: 'disabled' }), says };
}

/** Puts screens side by side into docs/img, as small as it can be read. */
export async function strip(name: string, screens: Screen[], width = 250): Promise<void> {
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  const page = await browser.newPage({ deviceScaleFactor: 1.5, viewport: { width: 1100, height: 800 } });
  await page.setContent(paper(screens, width));
  const { width: w, height: h } = (await page.locator('main').boundingBox())!;
  const devtools = await page.context().newCDPSession(page);
  const clip = { x: 0, y: 0, width: Math.ceil(w), height: Math.ceil(h), scale: 1 };
  let picture = Buffer.alloc(0);
  for (let quality = 85; quality > 0 && (picture.length === 0 || picture.length > most); quality -= 10) {
    const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality, clip });
    picture = Buffer.from(data, 'base64');
  }
  await browser.close();
  if (picture.length > most) throw new Error(`${name} takes ${picture.length} bytes`);
  writeFileSync(join(place, `${name}.webp`), picture);
}

const paper = (screens: Screen[], width: number) => `<!doctype html><style>
  body { margin: 0; background: #fff; font: 15px/1.3 sans-serif; color: #222 }
  main { display: inline-flex; gap: 20px; padding: 12px }
  figure { margin: 0; width: ${width}px; text-align: center }
  img { width: 100%; display: block; border: 5px solid #222; border-radius: 18px; box-sizing: border-box }
  figcaption { padding-top: 8px }
</style><main>${screens.map(figure).join('')}</main>`;

const figure = ({ png, says }: Screen) =>
  `<figure><img src="data:image/png;base64,${png.toString('base64')}"><figcaption>${says}</figcaption></figure>`;
