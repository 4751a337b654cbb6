// Files out of the app: shared with another app of the phone where that can be, else saved.

import { Refusal } from './worker/protocol';

const kind = 'application/octet-stream';
const most = 32 << 20; // bytes: a photograph, a backup of many years

/** What is in a file. One that could fill the memory of a phone is not opened. */
export async function bytesOf(file: Blob): Promise<Uint8Array> {
  if (file.size > most) throw new Refusal('too_large');
  return new Uint8Array(await file.arrayBuffer());
}

export function fileOf(bytes: Uint8Array, name: string): File {
  return new File([bytes.slice()], name, { type: kind });
}

/** Hands a file to Bluetooth, Quick Share, a messenger; where the phone cannot, saves it. Resolves with how. */
export async function share(bytes: Uint8Array, name: string, title: string): Promise<'shared' | 'saved' | 'stopped'> {
  const files = [fileOf(bytes, name)];
  if (!navigator.canShare?.({ files })) {
    save(bytes, name);
    return 'saved';
  }
  try {
    await navigator.share({ files, title });
    return 'shared';
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return 'stopped';
    save(bytes, name);
    return 'saved';
  }
}

/** Puts a file among the phone's downloads. */
export function save(bytes: Uint8Array, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(fileOf(bytes, name));
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Lets the person choose a file; undefined when they did not. */
export function choose(accept = ''): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.oncancel = () => resolve(undefined);
    input.onchange = () => {
      const file = input.files?.[0];
      if (file) bytesOf(file).then(resolve, reject);
      else resolve(undefined);
    };
    input.click();
  });
}
