import { writeFileSync } from 'node:fs';
import type { Bank } from './bank.ts';

/** A wallet at a terminal (kula wallet): the other end, where a test is about one phone or about the bank. */
export class Terminal {
  private constructor(
    private readonly bank: Bank,
    private readonly name: string,
  ) {}

  /** Somebody with a wallet and a purse, and no money yet. */
  static async open(bank: Bank, name: string): Promise<Terminal> {
    const one = new Terminal(bank, name);
    writeFileSync(bank.path('secret'), 'a secret of this test\n');
    await one.run('new', '--words-out', one.path('words'));
    await one.run('enrol', bank.ready.bank.url, '--name', name, '--words-file', one.path('words'), '--yes');
    return one;
  }

  /** Runs a command of the wallet. */
  run<T>(...args: string[]): Promise<T> {
    const place = ['--json', '--home', this.path('wallet'), '--passphrase-file', this.bank.path('secret')];
    return this.bank.run('wallet', ...args, ...place);
  }

  /** A file of this person's. */
  path(file: string): string {
    return this.bank.path(`${this.name}-${file}`);
  }
}
