// The service worker. It holds one whole version of the app and answers from it; the bank's addresses it never touches.
// The build writes its list of files, with their SHA-256, in place of __BUILD__.
import { sharedByPhone } from './share-target';

declare const self: ServiceWorkerGlobalScope;

interface ListedFile {
  path: string;
  sha256: string;
}

const build = JSON.parse('__BUILD__') as { version: string; files: ListedFile[] };
const { files } = build;
const cacheName = `kula-app-${build.version}`;
const paths = new Map(files.map((file) => [file.path, file]));

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting();
  if (event.data === 'version') event.ports[0]?.postMessage(build.version);
});

/** Fetches what is not here yet. All of it or nothing: a version with a file missing never takes over. */
async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  const todo = [...files];
  const one = async () => {
    for (let file = todo.shift(); file; file = todo.shift()) await fetchFile(cache, file);
  };
  await Promise.all([one(), one(), one()]);
}

/** A file that an earlier version has is not fetched again: data costs money. */
async function fetchFile(cache: Cache, file: ListedFile): Promise<void> {
  if (await cache.match(file.path)) return;
  const old = await caches.match(file.path);
  if (old && (await isWhole(old.clone(), file))) {
    await cache.put(file.path, old);
    return;
  }
  const fresh = await fetch(file.path, { cache: 'no-cache' });
  if (!fresh.ok || !(await isWhole(fresh.clone(), file))) throw new Error(`${file.path} did not arrive whole`);
  await cache.put(file.path, fresh);
}

/** A hotel's sign-in page in place of a script must not stay. */
async function isWhole(answer: Response, file: ListedFile): Promise<boolean> {
  const sum = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer());
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('') === file.sha256;
}

/** The version before this one stays: another tab may still run it. */
async function activate(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith('kula-app-') && name !== cacheName);
  for (const name of ours.slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === 'POST' && url.pathname === '/share') {
    event.respondWith(share(request));
    return;
  }
  const path = url.pathname === '/' ? '/index.html' : url.pathname;
  if (request.method === 'GET' && (paths.has(path) || path.startsWith('/assets/'))) {
    event.respondWith(fromCache(request, path));
  }
});

async function fromCache(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}

const most = 32 << 20; // bytes, as in files.ts

/** A payment that came by Bluetooth or Quick Share, or a text: kept until the app takes it. */
async function share(request: Request): Promise<Response> {
  if (!sharedByPhone(request, self.location.origin)) return Response.redirect('/', 303);
  const form = await request.formData();
  const file = form.getAll('files').find((entry) => entry instanceof Blob);
  const text = ['text', 'url', 'title']
    .map((name) => form.get(name))
    .find((value) => typeof value === 'string' && value);
  const shared = await caches.open('kula-shared');
  if (file instanceof Blob && file.size > most) return Response.redirect('/', 303);
  if (file instanceof Blob) {
    await shared.put('/shared', new Response(file, { headers: { 'content-type': 'application/octet-stream' } }));
  } else if (typeof text === 'string') {
    await shared.put('/shared', new Response(text, { headers: { 'content-type': 'text/plain;charset=utf-8' } }));
  }
  return Response.redirect('/#/scan?shared=1', 303);
}
