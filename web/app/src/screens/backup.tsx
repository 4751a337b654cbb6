import { useState } from 'preact/hooks';
import { openBackup, sealBackup } from '../backup';
import { choose, share } from '../files';
import { t, when } from '../i18n';
import { call, Refusal } from '../rpc';
import { home, keep, profile } from '../state';
import { AskWords } from '../ui/AskWords';
import { Button } from '../ui/Button';
import { Page } from '../ui/Page';
import { say } from '../ui/Toast';

/** A file with what was paid and received, sealed by the 24 words. A wallet with nothing in it can read one. */
export default function Screen() {
  const [file, setFile] = useState<Uint8Array | undefined>(undefined);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(false);
  const at = profile.value?.backedUpAt ?? 0;

  const make = async (seed: Uint8Array) => {
    await ownWords(seed);
    const { bytes } = await call('exportBackup', {});
    const sealed = await sealBackup(seed, bytes);
    if ((await share(sealed, `kula-backup-${today()}.kula`, t('backup.title'))) === 'stopped') return;
    await keep({ backedUpAt: Math.floor(Date.now() / 1000) });
    setMaking(false);
    setMade(true);
  };
  const read = async (seed: Uint8Array) => {
    if (!file) return;
    home.value = await call('importBackup', { bytes: await openBackup(seed, file) });
    setFile(undefined);
    say(t('backup.read'));
  };
  if (file) {
    return (
      <Page title={t('do.readBackup')} back={() => setFile(undefined)}>
        <p>{t('backup.words')}</p>
        <AskWords button={t('do.readBackup')} onSeed={read} />
      </Page>
    );
  }
  const empty = !home.value?.purses.length;
  return (
    <Page title={t('backup.title')} back>
      <p>{t('backup.why')}</p>
      <p>{t('backup.words')}</p>
      <p class="soft">{t('backup.last', { date: when(at) })}</p>
      {made && (
        <p class="notice good" role="status">
          {t('backup.made')}
        </p>
      )}
      {!empty && !making && (
        <Button icon="file" onClick={() => setMaking(true)}>
          {t('do.makeBackup')}
        </Button>
      )}
      {making && <AskWords button={t('do.makeBackup')} onSeed={make} />}
      {empty && (
        <Button kind="plain" icon="file" onClick={async () => setFile(await choose())}>
          {t('do.readBackup')}
        </Button>
      )}
    </Page>
  );
}

/** A backup under the words of somebody else would open for nobody who needs it. */
async function ownWords(seed: Uint8Array): Promise<void> {
  const own = profile.value?.account;
  if (own && (await call('account', { seed })).account !== own) throw new Refusal('bad_account');
}

const today = (): string => new Date().toISOString().slice(0, 10);
