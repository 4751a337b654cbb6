import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api';
import { failureOf } from '../../rpc';

export interface Loaded<T> {
  value?: T;
  failure?: Failure;
}

/** Asks for something and shows it when it is here; asked anew when what it hangs on has changed. */
export function useLoaded<T>(ask: () => Promise<T>, hangsOn: readonly unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({});
  useEffect(() => {
    let over = false;
    ask().then(
      (value) => over || setLoaded({ value }),
      (thrown: unknown) => over || setLoaded({ failure: failureOf(thrown) }),
    );
    return () => {
      over = true;
    };
  }, [...hangsOn]);
  return loaded;
}
