import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from '@playwright/test';
import type { PhoneOptions } from './phone.ts';
import { beginWorkers, ownWorkers } from './worker.ts';

/** What stands before the worker's own code, which then stops before and after each write of the
 * journal until it may go on. */
const brake = (address: string) => `(() => {
  const stop = (when) => {
    const ask = new XMLHttpRequest();
    ask.open('GET', '${address}/' + when, false);
    ask.send();
  };
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...args) {
    const tx = begin.apply(this, args);
    tx.addEventListener('complete', () => tx.wrote && stop('after'));
    return tx;
  };
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...args) {
    const tx = this.transaction;
    if (this.name === 'journal' && !tx.wrote) {
      tx.wrote = true;
      stop('before');
    }
    return add.apply(this, args);
  };
})();
`;

/** Stops a wallet at a write of its journal, for good: the next thing that happens to it is that the phone dies. */
export class Hold {
  private armed = '';
  private skip = 0;
  private reached = () => {};

  private constructor(private readonly server: Server) {
    server.on('request', ({ url }, answer) => this.judge(url, answer));
  }

  static async open(): Promise<Hold> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new Hold(server);
  }

  /** What a phone needs for this: its worker begins with the brake. */
  get options(): PhoneOptions {
    return { context: ownWorkers, prepare: (context) => this.prepare(context) };
  }

  private async prepare(context: BrowserContext): Promise<void> {
    this.armed = '';
    const { port } = this.server.address() as AddressInfo;
    await beginWorkers(context, brake(`http://127.0.0.1:${port}`));
  }

  private judge(url: string | undefined, answer: ServerResponse): void {
    if (url === `/${this.armed}` && this.skip-- === 0) this.reached();
    else answer.writeHead(204, { 'access-control-allow-origin': '*' }).end();
  }

  /**
   * Resolves when the wallet stands still before its next write, or after it, when nobody was told of it yet.
   * So many writes go on before that.
   */
  at(when: 'before' | 'after', skip = 0): Promise<void> {
    [this.armed, this.skip] = [when, skip];
    return new Promise((done) => (this.reached = done));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
