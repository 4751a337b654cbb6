import { writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { Bank } from './bank.ts';
import { Desk } from './office.ts';

/** A wallet at a terminal (kula wallet): the other end, where a test is about one phone or about the bank. */
export class Terminal {
  private constructor(
    private readonly bank: Bank,
    private readonly name: string,
  ) {}

  /** Somebody with a wallet and a purse, and no money yet. */
  static async open(bank: Bank, name: string): Promise<Terminal> {
    const one = new Terminal(bank, name);
    writeFileSync(one.path('secret'), 'a secret of this test\n'); // its own file: others open theirs meanwhile
    await one.run('new', '--words-out', one.path('words'));
    await one.run('enrol', bank.ready.bank.url, '--name', name, '--words-file', one.path('words'), '--yes');
    await one.run('refresh'); // who passes money on has been at the bank once
    return one;
  }

  /** Runs a command of the wallet. */
  run<T>(...args: string[]): Promise<T> {
    const place = ['--json', '--home', this.path('wallet'), '--passphrase-file', this.path('secret')];
    return this.bank.run('wallet', ...args, ...place);
  }

  /** Brings cash to the counter, and waits until the wallet can spend it. */
  async cashIn(amount: string): Promise<void> {
    const desk = await Desk.of(this.bank, 'mere');
    await desk.cashIn(this.name, amount);
    await desk.close();
    await expect(async () => {
      await this.run('refresh');
      expect(JSON.stringify(await this.run('balance'))).toContain(`"${amount}"`);
    }).toPass();
  }

  /** Pays what somebody at another terminal asks for, with files. */
  async pays(payee: Terminal, amount: string): Promise<void> {
    await payee.run('request', '--amount', amount, '--out', payee.path('bill.kula'));
    await this.run('pay', '--bill', payee.path('bill.kula'), '--yes', '--out', this.path('payment.kula'));
    await payee.run('accept', this.path('payment.kula'));
  }

  /** Pays what a phone asks for. Returns the file with the payment. */
  async paysBill(text: string): Promise<string> {
    writeFileSync(this.path('bill.txt'), text);
    await this.run('pay', '--bill', this.path('bill.txt'), '--yes', '--out', this.path('payment.kula'));
    return this.path('payment.kula');
  }

  /** A file of this person's. */
  path(file: string): string {
    return this.bank.path(`${this.name}-${file}`);
  }
}
