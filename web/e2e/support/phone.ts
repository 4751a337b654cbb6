import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type BrowserContext, type Page } from '@playwright/test';
import decodeQR from 'qr/decode.js';
import { film, wall, type Scene, type Shot } from './camera.ts';

/** Debian's. */
export const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** A phone: a browser profile on disk, and a camera that sees what the test holds before it. */
export class Phone {
  page!: Page;
  private context?: BrowserContext;
  private readonly home = mkdtempSync(join(tmpdir(), 'kula-phone-'));

  private constructor(
    readonly address: string,
    private readonly options: PhoneOptions,
  ) {}

  static async open(address: string, options: PhoneOptions = {}): Promise<Phone> {
    const phone = new Phone(address, options);
    if (options.copyOf) cpSync(options.copyOf.profile, phone.profile, { recursive: true });
    phone.hold([wall]);
    await phone.start();
    return phone;
  }

  /** Opens the app, as a tap on its icon would. */
  async start(): Promise<void> {
    const camera = this.options.refuseCamera ? [] : ['--use-fake-ui-for-media-stream'];
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: executable,
      viewport: { width: 390, height: 780 },
      ...this.options.context,
      args: [
        '--no-sandbox',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${this.video}`,
        ...camera,
      ],
    });
    await this.options.prepare?.(this.context);
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    await this.page.goto(this.address);
  }

  /** Closes the browser. */
  async kill(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
  }

  /** Crashes the browser, as an empty battery does: nothing is closed, nothing is said. */
  async crash(): Promise<void> {
    const context = this.context!;
    const ended = new Promise((done) => context.once('close', done));
    const devtools = await context.newCDPSession(this.page);
    devtools.send('Browser.crash').catch(() => undefined); // nobody is left to answer
    await ended;
    this.context = undefined;
  }

  /** Holds codes before the camera, from when it is next opened. */
  hold(codes: (Shot | string)[], scene?: Scene): void {
    film(this.video, codes, scene);
  }

  /** What a scanner reads from the code on this phone's screen. */
  async text(): Promise<string> {
    const [shot] = await this.screen();
    const { width, light } = shot!;
    const data = new Uint8ClampedArray(light.length * 4);
    light.forEach((v, i) => data.set([v, v, v, 255], i * 4));
    return decodeQR({ width, height: width, data });
  }

  /** What the code on this phone's screen looks like; a moving one until `count` different pictures were seen. */
  async screen(count = 1): Promise<Shot[]> {
    const code = this.page.getByRole('img', { name: 'A code for the other phone to scan' });
    await expect(code).toBeVisible();
    const shots = await code.evaluate(watchCode, count);
    return shots.map(({ width, light }) => ({ width, light: Buffer.from(light, 'base64') }));
  }

  /** Another tab of the same browser. */
  async tab(): Promise<Page> {
    const page = await this.context!.newPage();
    await page.goto(this.address);
    return page;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }

  private get profile(): string {
    return join(this.home, 'profile');
  }

  private get video(): string {
    return join(this.home, 'camera.y4m');
  }
}

/** Runs in the page: the pictures that a code's canvas goes through. */
function watchCode(box: Element, count: number): Promise<{ width: number; light: string }[]> {
  const shots: { width: number; light: string }[] = [];
  return new Promise((done) => {
    const look = () => {
      const canvas = box.querySelector('canvas');
      const paper = canvas?.width === canvas?.height && canvas?.getContext('2d');
      if (canvas && paper) {
        const { data, width } = paper.getImageData(0, 0, canvas.width, canvas.height);
        let text = '';
        for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i]!);
        const light = btoa(text);
        if (light !== shots.at(-1)?.light) shots.push({ width, light });
      }
      if (shots.length === count) done(shots);
      else requestAnimationFrame(look);
    };
    look();
  });
}

export interface PhoneOptions {
  /** Where the app is, when not at the address that the bank names. */
  address?: string;
  refuseCamera?: boolean;
  /** Begins with all that is on this phone, which is switched off. */
  copyOf?: Phone;
  /** Called each time that the browser has started, before the app is opened. */
  prepare?: (context: BrowserContext) => Promise<void>;
  context?: Parameters<typeof chromium.launchPersistentContext>[1];
}
