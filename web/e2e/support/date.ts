import type { PhoneOptions } from './phone.ts';
import { beginWorkers, ownWorkers } from './worker.ts';

/** A phone whose clock was set when it was opened, in Unix seconds: later it goes on from there. */
export function clockAt(seconds: number): PhoneOptions {
  const wrong = `(() => {
  const now = Date.now;
  const off = ${seconds * 1000} - now();
  Date.now = () => now() + off;
})();
`;
  return {
    context: ownWorkers,
    prepare: async (context) => {
      await context.addInitScript(wrong);
      await beginWorkers(context, wrong);
    },
  };
}
