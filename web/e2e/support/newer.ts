import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { extname, join, resolve } from 'node:path';

const dist = resolve(import.meta.dirname, '../../app/dist');
const kinds: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

/**
 * A shop's computer that serves a newer Kula at the app's address, while no bank can be reached: whoever asks for one is
 * sent to a page where a hotel wants money first.
 */
export class Newer {
  readonly version = 'a newer Kula';
  private readonly files = new Map<string, Buffer>();

  private constructor(private readonly server: Server) {
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (extname(name) in kinds) this.files.set(`/${name}`, readFileSync(join(dist, name)));
    }
    const before = this.files.get('/index.html')!;
    const after = Buffer.from(before.toString().replace('<title>Kula', '<title>Newer Kula'));
    const worker = this.files.get('/sw.js')!.toString();
    const renamed = worker.replace(/\\"version\\":\\"\w+\\"/, () => `\\"version\\":\\"${this.version}\\"`);
    this.files.set('/index.html', after);
    this.files.set('/sw.js', Buffer.from(renamed.replace(sha256(before), sha256(after))));
    server.on('request', ({ url }, answer) => this.answer(url!.replace(/[?#].*/, ''), answer));
  }

  static async serve(address: string): Promise<Newer> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(Number(new URL(address).port), '127.0.0.1', done));
    return new Newer(server);
  }

  private answer(path: string, answer: ServerResponse): void {
    const name = path === '/' ? '/index.html' : path;
    const file = this.files.get(name);
    if (file) answer.writeHead(200, { 'content-type': kinds[extname(name)] }).end(file);
    else answer.writeHead(302, { location: '/pay-for-the-network' }).end();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
