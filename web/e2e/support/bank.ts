import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** What `kula up --json` says once everything is there. */
interface Ready {
  ledger: string;
  bank: {
    url: string;
    operator: string;
    console: string;
    console_link?: string;
    anchor: string;
    name: string;
    app?: string;
  };
}

const kula = resolve(import.meta.dirname, '../../../bin/kula');

/** A real bank on a real local ledger, in a home of its own. It can be stopped and started again, on the same addresses. */
export class Bank {
  ready!: Ready;
  private process?: ChildProcess;
  private readonly home = mkdtempSync(join(tmpdir(), 'kula-e2e-'));
  private constructor(private readonly ports: number[]) {}

  static async open(): Promise<Bank> {
    const bank = new Bank(await freePorts(4));
    await bank.start();
    return bank;
  }

  /** The phone wallet's address. localhost, not 127.0.0.1: browsers trust it as they trust https. */
  get app(): string {
    return `http://localhost:${this.ports[0]}/`;
  }

  get console(): string {
    return `http://localhost:${this.ports[3]}/`;
  }

  async start(): Promise<void> {
    const [wallets, ledger, operator, console_] = this.ports.map((port) => `127.0.0.1:${port}`);
    const up = [
      'up',
      '--json',
      '--home',
      this.home,
      '--seal-work',
      '10',
      '--listen',
      wallets!,
      '--ledger-listen',
      ledger!,
    ];
    this.process = spawn(kula, [...up, '--operator-listen', operator!, '--console-listen', console_!], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.ready = await firstJSON<Ready>(this.process);
  }

  /** Switches the network off, as far as phones can tell: nothing answers any more, not even the app's own address. */
  async stop(): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGTERM');
    await ended;
  }

  /** Runs a command of the bank's staff or of a person at a terminal, and gives what it says in JSON. */
  async run<T>(...args: string[]): Promise<T> {
    const child = spawn(kula, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const code = await new Promise((done) => child.once('close', done));
    if (code !== 0)
      throw new Error(`kula ${args.join(' ')} ended with ${String(code)}: ${Buffer.concat(said).toString()}`);
    return JSON.parse(Buffer.concat(chunks).toString()) as T;
  }

  /** A link by which an officer signs in once. */
  async linkFor(officer: string): Promise<string> {
    const { link } = await this.office('link', officer);
    return link;
  }

  /** Takes an officer on, with roles such as "operate,approve". */
  async hire(officer: string, roles: string): Promise<void> {
    await this.office('add', officer, '--role', roles);
  }

  private office(...args: string[]): Promise<{ link: string }> {
    const place = ['--json', '--home', this.path('anchor'), '--console-url', this.console];
    return this.run('anchor', 'officer', ...args, ...place);
  }

  /** A path in the bank's home, for commands that want one. */
  path(...parts: string[]): string {
    return join(this.home, ...parts);
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

function firstJSON<T>(child: ChildProcess): Promise<T> {
  return new Promise((done, failed) => {
    let text = '';
    child.once('exit', (code) => failed(new Error(`kula ended with ${String(code)} before it was ready: ${text}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      text += line;
      try {
        done(JSON.parse(text) as T);
      } catch {
        // not whole yet
      }
    });
  });
}

async function freePorts(n: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: n }, () => {
      const server = createServer();
      return new Promise<typeof server>((done) => server.listen(0, '127.0.0.1', () => done(server)));
    }),
  );
  return Promise.all(
    servers.map((server) => {
      const { port } = server.address() as { port: number };
      return new Promise<number>((done) => server.close(() => done(port)));
    }),
  );
}
