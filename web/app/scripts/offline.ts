// What the build adds to Vite's: the service worker's list of files, with their SHA-256, and a brotli of each file.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

const serviceWorker = 'sw.js';

export function offline(): Plugin {
  return {
    name: 'kula-offline',
    apply: 'build',
    transformIndexHtml: { order: 'post', handler: (_, { bundle }) => preloads(bundle ?? {}) },
    writeBundle: {
      sequential: true,
      order: 'post',
      handler({ dir }) {
        if (!dir) throw new Error('no directory is written');
        listFiles(dir);
        for (const name of filesIn(dir)) compress(join(dir, name));
      },
    },
  };
}

// What the page wants after boot.ts: fetched beside it instead of after it.
const next = '/src/main.tsx';

/** Links for the head of index.html. */
function preloads(bundle: Rolldown.OutputBundle): HtmlTagDescriptor[] {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
  const wanted = new Set<string>();
  const want = (name: string) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    chunks.find((chunk) => chunk.fileName === name)?.imports.forEach(want);
  };
  for (const chunk of chunks) {
    if (chunk.moduleIds.some((id) => id.endsWith(next))) want(chunk.fileName);
  }
  if (!wanted.size) throw new Error('main.tsx is no chunk of its own');
  const attrs = (name: string) => ({ rel: 'modulepreload', crossorigin: true, href: `/${name}` });
  return [...wanted].map((name) => ({ tag: 'link', attrs: attrs(name), injectTo: 'head' }));
}

/** All files of the app, by their paths under the page, in one order. */
function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.br'))
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .filter((name) => !name.startsWith('.'))
    .sort();
}

function listFiles(dir: string): void {
  const files = filesIn(dir)
    .filter((name) => name !== serviceWorker)
    .map((name) => ({ path: `/${name}`, sha256: sha256(readFileSync(join(dir, name))) }));
  const version = sha256(Buffer.from(JSON.stringify(files))).slice(0, 16);
  const path = join(dir, serviceWorker);
  writeFileSync(path, put(readFileSync(path, 'utf8'), '__BUILD__', JSON.stringify({ version, files })));
}

/** Puts a text in the place of a marked string of the built code, whatever quotes the minifier chose. */
function put(code: string, mark: string, text: string): string {
  const place = new RegExp(`(["'\`])${mark}\\1`);
  if (!place.test(code)) throw new Error(`${serviceWorker} has no place for ${mark}`);
  return code.replace(place, () => JSON.stringify(text));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Only what gets smaller: pictures are packed already. */
function compress(path: string): void {
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const small = brotliCompressSync(bytes, { params });
  if (small.length < bytes.length * 0.9) writeFileSync(`${path}.br`, small);
}
