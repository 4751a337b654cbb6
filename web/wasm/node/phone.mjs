// A phone for tests: a worker, and a way to call it.
import { Worker } from 'node:worker_threads';

export class Phone {
  #worker;
  #waiting = new Map();
  #last = 0;
  events = [];
  ms = 0; // what the last command took, in the worker
  cpu = 0; // and how long of that its thread had a processor

  static async on(dir, { wasm, exec, slow = 0 }) {
    const phone = new Phone();
    phone.#worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { dir, wasm, exec, slow } });
    await new Promise((ready, failed) => {
      phone.#worker.once('error', failed);
      phone.#worker.on('message', (m) => (m.event === 'ready' ? ready() : phone.#take(m)));
    });
    return phone;
  }

  #take(message) {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return void this.events.push(message);
    this.#waiting.delete(message.id);
    if (message.error) return waiting.failed(message.error);
    if (message.writing) return waiting.failed(new Error('answered before it was written down'));
    this.ms = message.ms;
    this.cpu = message.cpu;
    waiting.done(message.ok);
  }

  call(cmd, args = {}) {
    const id = ++this.#last;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#worker.postMessage({ id, cmd, args });
    });
  }

  close() {
    return this.#worker.terminate();
  }
}
