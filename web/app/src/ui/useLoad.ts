import { useEffect, useState } from 'preact/hooks';
import { fail } from './Toast';

/** What a question to the worker gives, asked anew when `inputs` change; undefined until it is answered. */
export function useLoad<T>(load: () => Promise<T>, inputs: unknown[]): T | undefined {
  const [value, setValue] = useState<T | undefined>(undefined);
  useEffect(() => {
    let over = false;
    load().then((loaded) => {
      if (!over) setValue(() => loaded);
    }, fail);
    return () => {
      over = true;
    };
  }, inputs);
  return value;
}
