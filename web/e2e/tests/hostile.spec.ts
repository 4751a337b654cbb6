import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { errors } from '../../app/src/i18n/en/errors.ts';
import { clockAt } from '../support/date.ts';
import { bankScreen, canSpend, home, paste, trustOther } from '../support/steps.ts';
import { alone, expect, test } from '../support/test.ts';

const kit = resolve(import.meta.dirname, '../../../nearby/qr/testdata/hostile');
const index = JSON.parse(readFileSync(join(kit, 'index.json'), 'utf8')) as { at: number; cases: { file: string }[] };
const lines = (file: string): string[] => readFileSync(join(kit, file), 'utf8').trimEnd().split('\n');

/** The bank's screen instead of a sentence. */
const bank = 'Bank of Tanna';
const { damaged, notKula, tooBig, update, wrongNetwork } = errors;

/** What a person is told of each code of the kit, whatever their wallet holds. */
const told: Record<string, string> = {
  'bank.txt': bank,
  'damaged.txt': damaged,
  'digit-lost.txt': damaged,
  'half.txt': damaged,
  'later-form.txt': update,
  'markup.txt': notKula,
  'more.txt': damaged,
  'noise.txt': notKula,
  'nothing.txt': damaged,
  'other-bank.txt': notKula,
  'other-wallet.txt': notKula,
  'script.txt': notKula,
  'small-letters.txt': damaged,
  'three-too-large.txt': damaged,
  'url.txt': notKula,
  'wireless.txt': notKula,
  'words.txt': notKula,
  'wrong-network.txt': wrongNetwork,
  'wrong-version.txt': update,
};

/** The same of moving codes. */
const toldOfMoving: Record<string, string> = {
  'moving.txt': bank,
  'moving-cut.txt': '% is here. Keep still.',
  'moving-damaged.txt': damaged,
  'moving-dense.txt': tooBig,
  'moving-empty.txt': damaged,
  'moving-false.txt': damaged,
  'moving-false-start.txt': bank,
  'moving-header.txt': damaged,
  'moving-huge.txt': tooBig,
  'moving-large.txt': tooBig,
  'moving-late.txt': bank,
  'moving-mixed.txt': bank,
  'moving-other-digest.txt': damaged,
  'moving-sparse.txt': damaged,
  'moving-wrong-network.txt': wrongNetwork,
};

/** What is said of requests to pay, by a wallet that trusts their bank. */
const toldOfRequests: Record<string, string> = {
  'bill.txt': errors.noPurse,
  'changed-amount.txt': errors.notGenuine,
  'false-name.txt': errors.notGenuine,
  'no-card.txt': errors.noName,
  'stale.txt': errors.oldRequest,
  'stranger.txt': errors.unknownBank,
};

test('every code of the kit has a test here', () => {
  const all = Object.keys({ ...told, ...toldOfMoving, ...toldOfRequests });
  expect(all.sort()).toEqual(index.cases.map(({ file }) => file).sort());
});

test('without the camera codes are pasted or opened as files; each strange one is refused in its own words', async ({
  person,
}) => {
  const { page } = await person('Leo', 500, { refuseCamera: true });
  const scanBlind = async () => {
    await scanAgain(page);
    await expect(page.getByText('Kula may not use the camera. Allow it in the phone’s settings')).toBeVisible();
  };
  for (const [file, sentence] of Object.entries(told)) {
    await scanBlind();
    await paste(page, lines(file)[0]!);
    await says(page, `${file}, pasted`, sentence);
    await scanBlind();
    await openFile(page, file);
    await says(page, `${file}, opened`, sentence);
  }
  for (const [file, sentence] of Object.entries(toldOfMoving)) {
    await page.reload(); // what was caught of the last one is forgotten
    await scanBlind();
    await paste(page, lines(file).join('\n'));
    await says(page, `${file}, pasted`, sentence);
  }
  await canSpend(page, '500 VT');
});

test(
  'before the camera too, a strange code has its own words, and a false request is not paid',
  alone,
  async ({ phone }) => {
    const pita = await phone(clockAt(index.at));
    await bankScreen(pita.page);
    await trustOther(pita.page, lines('bank.txt')[0]!);
    const moving = ['moving-huge.txt', 'moving-false.txt', 'moving-wrong-network.txt'];
    const sentences = { ...toldOfRequests, ...Object.fromEntries(moving.map((file) => [file, toldOfMoving[file]!])) };
    for (const [file, sentence] of Object.entries(sentences)) {
      await home(pita.page);
      pita.hold(lines(file));
      await scanAgain(pita.page);
      await says(pita.page, file, sentence);
    }
  },
);

async function scanAgain(page: Page): Promise<void> {
  await home(page);
  await page.evaluate(() => (location.hash = '#/scan'));
  await expect(page.getByRole('heading', { name: 'Scan', level: 1 })).toBeVisible();
}

async function openFile(page: Page, file: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(join(kit, file));
}

async function says(page: Page, what: string, sentence: string): Promise<void> {
  await expect(page.getByText(sentence).first(), what).toBeVisible();
}
