// What other apps share with this one.
import { expect, it, vi } from 'vitest';

vi.stubGlobal('Worker', class {});
vi.stubGlobal('location', { hash: '', origin: 'https://bank.example' });
vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('navigator', { onLine: true, languages: [] });
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });

const { takeShared } = await import('../update');
const { arrived } = await import('../state');
const { take } = await import('../screens/shared/take');

/** The cache where the service worker puts what was shared. */
function sharing(file: Partial<Blob>) {
  let held = true;
  const shared = {
    match: async () => (held ? { headers: new Headers(), blob: async () => file } : undefined),
    delete: async () => (held = false),
  };
  vi.stubGlobal('caches', { has: async () => true, open: async () => shared });
  return () => held;
}

it('what ends the app ends it once: it is gone before it is read', async () => {
  let heldWhenRead: boolean | undefined;
  const held = sharing({ size: 3, arrayBuffer: async () => ((heldWhenRead = held()), new ArrayBuffer(3)) });
  await takeShared();
  expect(heldWhenRead).toBe(false);
  expect(arrived.value?.bytes).toHaveLength(3);
});

it('a file that would fill the memory is not read at all', async () => {
  const read = vi.fn();
  const held = sharing({ size: 1 << 30, arrayBuffer: read });
  await expect(takeShared()).rejects.toMatchObject({ code: 'too_large' });
  expect(held()).toBe(false);
  expect(read).not.toHaveBeenCalled();
  await expect(take({ bytes: new Uint8Array(3 << 20).fill(75) })).rejects.toMatchObject({ code: 'too_large' });
  await expect(take({ text: 'KULA1:' + '0'.repeat(3 << 20) })).rejects.toMatchObject({ code: 'too_large' });
});
