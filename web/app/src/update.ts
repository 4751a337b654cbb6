// The service worker: the app opens without a network, and changes only when the person says so.
import { signal } from '@preact/signals';
import { bytesOf } from './files';
import { arrived } from './state';

/** A newer version of the app is here, whole, and waits. */
export const updateReady = signal(false);

/** What the browser asks with, when it can put the app on the phone by itself. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}
export const installPrompt = signal<InstallPrompt | undefined>(undefined);

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault(); // where the person reads why, not over a payment
  installPrompt.value = event as InstallPrompt;
});
addEventListener('appinstalled', () => (installPrompt.value = undefined));

let waiting: ServiceWorker | undefined;
let asked = false;

export async function installServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload(); // another tab's wish is not ours: the files of this version stay until the next one
  });
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
    watch(registration);
    addEventListener('online', () => void registration.update().catch(() => undefined));
  } catch {
    // no room, or forbidden: the app works, with a network
  }
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    waiting = registration.waiting;
    updateReady.value = true;
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
}

/** The person said so: the new version takes over, and the app starts anew. */
export function update(): void {
  asked = true;
  waiting?.postMessage('take over');
}

/** The version of the app that runs here, as the service worker names it; empty where there is none. */
export function version(): Promise<string> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve('');
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
    worker.postMessage('version', [port2]);
  });
}

const cacheName = 'kula-shared'; // as in sw.ts

/**
 * What was shared with the app lies in a cache where the service worker put it. It is gone from there before it is read:
 * what ends the app ends it once, and not each time that it is opened.
 */
export async function takeShared(): Promise<void> {
  if (!('caches' in globalThis) || !(await caches.has(cacheName))) return;
  const shared = await caches.open(cacheName);
  const file = await shared.match('/shared');
  if (!file) return;
  const isText = file.headers.get('content-type')?.startsWith('text/plain');
  const blob = await file.blob();
  await shared.delete('/shared');
  const bytes = await bytesOf(blob);
  arrived.value = isText ? { text: new TextDecoder().decode(bytes) } : { bytes };
}

interface LaunchParams {
  files?: FileSystemFileHandle[];
}
interface LaunchQueue {
  setConsumer(consumer: (params: LaunchParams) => void): void;
}

/** A .kula file that the person opened with the app. */
export function takeOpened(opened: () => void): void {
  const queue = (globalThis as { launchQueue?: LaunchQueue }).launchQueue;
  queue?.setConsumer(async ({ files }) => {
    const file = await files?.[0]?.getFile();
    if (!file) return;
    arrived.value = { bytes: await bytesOf(file) };
    opened();
  });
}

/** Asks the browser not to throw the journal away when the phone is full. Returns whether it promised. */
export async function keepStorage(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}
