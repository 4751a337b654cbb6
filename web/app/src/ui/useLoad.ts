import { useEffect, useState } from 'preact/hooks';
import { failureOf } from '../rpc';
import { fail } from './Toast';

/** What a question to the worker gives, asked anew when `inputs` change; undefined until it is answered. */
export function useLoad<T>(load: () => Promise<T>, inputs: unknown[]): T | undefined {
  const [value, setValue] = useState<T | undefined>(undefined);
  useEffect(() => {
    let over = false;
    load().then(
      (loaded) => {
        if (!over) setValue(() => loaded);
      },
      (thrown: unknown) => {
        // Whoever leaves while it is asked has closed the wallet: that is no fault.
        if (!over && failureOf(thrown).code !== 'not_open') fail(thrown);
      },
    );
    return () => {
      over = true;
    };
  }, inputs);
  return value;
}
