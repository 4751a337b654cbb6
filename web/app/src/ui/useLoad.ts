import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api';
import { failureOf } from '../rpc';
import { fail } from './Toast';

export interface Loaded<T> {
  value?: T;
  failure?: Failure;
}

/** Asks the worker for something and shows it when it is here; asked anew when `inputs` change. The screen tells a failure. */
export function useLoaded<T>(ask: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
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
  }, [...inputs]);
  return loaded;
}

/** The same for a screen that has no place of its own for a failure: a message tells it. */
export function useLoad<T>(ask: () => Promise<T>, inputs: readonly unknown[]): T | undefined {
  const { value, failure } = useLoaded(ask, inputs);
  useEffect(() => {
    // Whoever leaves while it is asked has closed the wallet: that is no fault.
    if (failure && failure.code !== 'not_open') fail(failure);
  }, [failure]);
  return value;
}
