import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { film, type Scene } from './camera.ts';

/** Debian's. */
const browser = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

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
    phone.hold(['nothing']);
    await phone.start();
    return phone;
  }

  /** Opens the app, as a tap on its icon would. */
  async start(): Promise<void> {
    const camera = this.options.refuseCamera ? [] : ['--use-fake-ui-for-media-stream'];
    this.context = await chromium.launchPersistentContext(join(this.home, 'profile'), {
      executablePath: browser,
      viewport: { width: 390, height: 780 },
      ...this.options.context,
      args: [
        '--no-sandbox',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${this.video}`,
        ...camera,
      ],
    });
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    await this.page.goto(this.address);
  }

  /** Ends the browser in mid-air, as an empty battery does. */
  async kill(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
  }

  /** Holds codes before the camera, from when it is next opened. */
  hold(texts: string[], scene?: Scene): void {
    film(this.video, texts, scene);
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

  private get video(): string {
    return join(this.home, 'camera.y4m');
  }
}

export interface PhoneOptions {
  refuseCamera?: boolean;
  context?: Parameters<typeof chromium.launchPersistentContext>[1];
}
