import type { BrowserContext } from '@playwright/test';
import type { PhoneOptions } from './phone.ts';

/** What a phone needs whose workers are to begin with code of the test: nothing stands between the app and its files. */
export const ownWorkers = { serviceWorkers: 'block', bypassCSP: true } satisfies PhoneOptions['context'];

/** Each worker of the app begins with this code. */
export async function beginWorkers(context: BrowserContext, code: string): Promise<void> {
  await context.addInitScript(wrapWorkers, found + code);
}

// A worker that comes from a blob has no address of its own to find its files by.
const found = `(() => {
  const get = fetch;
  self.fetch = (url, options) => get(typeof url === 'string' ? new URL(url, self.origin) : url, options);
})();
`;

/** Runs in the page, before the app does. */
function wrapWorkers(code: string): void {
  const script = (code: string) => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const own = new URL(url, location.href).href;
      super(script(`import '${script(code)}';\nimport '${own}';`), options);
    }
  };
}
