// One tab for one wallet. A Web Lock goes when its tab does, even when that crashes.
import { Refusal } from './protocol';

/** Takes the lock of a profile. `force` takes it from another tab, whose `taken` is called. */
export function lockProfile(profile: string, force: boolean, taken: () => void): Promise<void> {
  if (!navigator.locks) return Promise.resolve(); // the journal's own guard still holds
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(`kula-${profile}`, force ? { steal: true } : { ifAvailable: true }, (lock) => {
      if (!lock) {
        reject(new Refusal('locked', 'this wallet is open in another tab'));
        return undefined;
      }
      resolve();
      return new Promise<never>(() => undefined); // held until this worker ends
    });
    held.catch((thrown: unknown) => {
      reject(new Refusal('locked', String(thrown))); // refused outright; when it was held before, nobody hears this
      taken();
    });
  });
}
