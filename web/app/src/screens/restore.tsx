import { t } from '../i18n';
import { go } from '../router';
import { Refusal } from '../rpc';
import { forgotPin, phase } from '../state';
import { Page } from '../ui/Page';
import { say } from '../ui/Toast';
import { seedOf } from '../words24';
import { ownAccount } from './shared/account';
import { WordsEntry } from './shared/WordsEntry';

/** The words of before: after a lost phone, and for who forgot the PIN. */
export default function Restore() {
  return (
    <Page title={t('restore.title')} back>
      <p>{t(phase.value === 'pin' ? 'pin.forgotHelp' : 'restore.type')}</p>
      <WordsEntry onWords={phase.value === 'pin' ? openWithout : goOn} />
    </Page>
  );
}

async function goOn(words: string[]): Promise<void> {
  await ownAccount(words);
  go('bank', '', { replace: true, query: { old: '1' } });
}

/** The PIN is gone, and a new one is chosen. */
async function openWithout(words: string[]): Promise<void> {
  const seed = await seedOf(words);
  try {
    if (!(await forgotPin(seed))) throw new Refusal('bad_account');
  } finally {
    seed.fill(0);
  }
  say(t('restore.ready'));
  go('pin', '', { replace: true });
}
