// What this phone alone knows of other people: a small photo, and the name by which its owner calls them. A database of
// its own for each profile: none of it is money, none of it is ever sent, and it goes when the profile goes.
import { answer } from './worker/database';
import { Refusal } from './worker/protocol';

export interface Face {
  account: string;
  name?: string;
  photo?: Blob;
}

const databaseOf = (profile: string) => `kula-faces-${profile}`;

function opened(profile: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseOf(profile), 1);
    request.onupgradeneeded = () => request.result.createObjectStore('faces', { keyPath: 'account' });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(new Refusal('journal_failed', String(request.error)));
  });
}

/** Everybody of whom something is known, by account. */
export async function allFaces(profile: string): Promise<Map<string, Face>> {
  const db = await opened(profile);
  try {
    const all = await answer<Face[]>(db.transaction('faces').objectStore('faces').getAll());
    return new Map(all.map((face) => [face.account, face]));
  } finally {
    db.close();
  }
}

export async function keepFace(profile: string, face: Face): Promise<void> {
  const db = await opened(profile);
  try {
    const tx = db.transaction('faces', 'readwrite');
    await new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(new Refusal('journal_failed', String(tx.error)));
      tx.objectStore('faces').put(face);
    });
  } finally {
    db.close();
  }
}

/** Forgets all of them, when the profile is forgotten. */
export function forgetFaces(profile: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(databaseOf(profile));
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}

const side = 160; // pixels: enough to know somebody, and a few kilobytes

/** Lets the person take or choose a photo, and makes it small; undefined when they did not. */
export async function takePhoto(): Promise<Blob | undefined> {
  const file = await chosenImage();
  if (!file) return undefined;
  const image = await createImageBitmap(file).catch(() => {
    throw new Refusal('bad_photo');
  });
  const cut = Math.min(image.width, image.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const [x, y] = [(image.width - cut) / 2, (image.height - cut) / 2];
  canvas.getContext('2d')?.drawImage(image, x, y, cut, cut, 0, 0, side, side);
  image.close();
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.8));
  return small ?? undefined;
}

function chosenImage(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/*';
    input.oncancel = () => resolve(undefined);
    input.onchange = () => resolve(input.files?.[0]);
    input.click();
  });
}
