import type { CDPSession } from '@playwright/test';
import type { Phone, PhoneOptions } from './phone.ts';

/** What a phone needs to be slowed as a whole. Chromium slows the thread of a page and none of its workers, so the wallet's
 * worker runs in a frame of the page, on that thread. Its code is the same. */
export const onOneThread: PhoneOptions = {
  prepare: async (context) => void (await context.addInitScript(workerInFrame)),
};

/** A processor of which the page has a sixth. */
export async function slowed({ page }: Pick<Phone, 'page'>): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  return devtools;
}

/** Milliseconds from when the page gave the wallet a command until it had the answer, the last time. */
export function took({ page }: Phone, command: string): Promise<number> {
  return page.evaluate((name) => {
    const last = performance.getEntriesByName(`command ${name}`).at(-1);
    if (!last) throw new Error(`the wallet was not asked to ${name}`);
    return last.duration;
  }, command);
}

/** Runs in the page, before the app does. */
function workerInFrame(): void {
  type Message = { id?: number; cmd?: string };
  const frameFor = (url: string) => {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    document.documentElement.append(frame);
    const inside = frame.contentWindow as Window & typeof globalThis;
    const begun = new Map<number | undefined, { cmd?: string; start: number }>();
    let waiting: Message[] | undefined = []; // until its code has run
    const deliver = (message: Message) => {
      const data: unknown = inside.structuredClone(message);
      inside.dispatchEvent(new inside.MessageEvent('message', { data }));
    };
    const worker = {
      onmessage: (_: MessageEvent) => undefined as unknown,
      terminate: () => frame.remove(),
      postMessage(message: Message) {
        begun.set(message.id, { cmd: message.cmd, start: performance.now() });
        if (waiting) waiting.push(message);
        else deliver(message);
      },
    };
    inside.postMessage = (message: Message) => {
      const one = begun.get(message.id);
      if (one) performance.measure(`command ${one.cmd}`, { start: one.start });
      worker.onmessage(new MessageEvent('message', { data: structuredClone(message) }));
    };
    const script = inside.document.createElement('script');
    Object.assign(script, { type: 'module', src: url });
    script.onload = () => {
      waiting?.forEach(deliver);
      waiting = undefined;
    };
    inside.document.head.append(script);
    return worker;
  };
  globalThis.Worker = new Proxy(Worker, {
    construct: (Real, [url, options]: [string | URL, WorkerOptions | undefined]) =>
      options?.name === 'kula' ? frameFor(new URL(url, location.href).href) : new Real(url, options),
  });
}
