import { useEffect } from 'preact/hooks';

/** Keeps the screen awake while the component that calls it is shown. */
export function useWakeLock(wanted = true): void {
  useEffect(() => {
    if (!wanted || !('wakeLock' in navigator)) return undefined;
    let held: WakeLockSentinel | undefined;
    let over = false;
    const take = async () => {
      if (document.visibilityState !== 'visible') return;
      held = await navigator.wakeLock.request('screen').catch(() => undefined);
      if (over) void held?.release();
    };
    void take(); // the browser lets go when the app is hidden
    document.addEventListener('visibilitychange', take);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', take);
      void held?.release();
    };
  }, [wanted]);
}
