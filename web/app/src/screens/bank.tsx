import { useState } from 'preact/hooks';
import type { Bank } from '../api';
import { openBackup } from '../backup';
import { choose } from '../files';
import { date, t } from '../i18n';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { Refusal, call } from '../rpc';
import { home, openWallet, profile } from '../state';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { say } from '../ui/Toast';
import { seedOf } from '../words24';
import * as carried from './shared/carried';
import { Scanner } from './shared/Scanner';
import { Trouble } from './shared/Trouble';
import { useLoaded } from '../ui/useLoad';
import './bank.css';
import { originOf } from '../origin';

/** Which bank: that of this page, or another one that is scanned. `?old=1`: somebody comes back with their words. */
export default function ChooseBank({ query }: ScreenProps) {
  const scanned = carried.charter.value;
  const [scanning, setScanning] = useState(false);
  const { value: bank, failure } = useLoaded(
    () => call('look', scanned ? { bytes: scanned } : { url: location.origin }),
    [scanned],
  );
  const words = query.has('old') && !home.value?.purses.length ? carried.words.value : undefined;
  if (scanning && !scanned) {
    return (
      <Page title={t('bank.title')} back={() => setScanning(false)}>
        <Scanner hint={t('bank.scan')} />
      </Page>
    );
  }
  const another = (
    <Button
      kind={bank ? 'plain' : 'primary'}
      icon="scan"
      onClick={() => {
        carried.charter.value = undefined;
        setScanning(true);
      }}
    >
      {t('do.scan')}
    </Button>
  );
  return (
    <Page title={t('bank.title')} back footer={bank ? <Trust bank={bank} /> : another}>
      {!bank && !failure && <p role="status">{t('app.loading')}</p>}
      {failure && <Trouble failure={failure} />}
      {bank && <Description bank={bank} here={!scanned} />}
      {bank && !bank.trusted && <p>{t('bank.trust')}</p>}
      {bank && words && <Backup bank={bank} words={words} />}
      <p class="soft">{t('bank.scan')}</p>
      {bank && another}
    </Page>
  );
}

/** What stands on the bank's paper too: its name, and the letters of its account. */
function Description({ bank, here }: { bank: Bank; here: boolean }) {
  const groups = bank.anchor.match(/.{1,4}/g) ?? [];
  const money = bank.assets.map(({ code }) => code).join(', ');
  return (
    <section class="card">
      {here && <p class="soft">{t('bank.here')}</p>}
      <h2 class="bank-name">{bank.name}</h2>
      <p>{t('bank.money', { list: money })}</p>
      <p>{t('bank.compare')}</p>
      <p class="bank-id" translate={false}>
        {groups.map((group, i) => (
          <span key={i}>{group}</span>
        ))}
      </p>
      {bank.newsAt > 0 && <p class="soft">{t('bank.newsAt', { date: date(bank.newsAt) })}</p>}
      {!here && originOf(bank.endpoint) !== originOf(location.origin) && (
        <div class="notice">
          <Icon name="warning" />
          <p>{t('warning.bankPage')}</p>
        </div>
      )}
    </section>
  );
}

/**
 * Takes the bank, and goes on to joining it: whoever goes back from there has chosen already. The first bank decides on
 * which network the wallet is.
 */
async function trust(bank: Bank): Promise<void> {
  if (!home.value) await openWallet(bank.network);
  await call('trust', { bytes: bank.bytes });
  carried.charter.value = undefined;
  go('enrol', bank.anchor, { replace: true });
}

function Trust({ bank }: { bank: Bank }) {
  const network = profile.value?.network;
  if (network && network !== bank.network) return <Trouble failure={new Refusal('wrong_network')} />;
  if (bank.trusted) return <Button href={hrefOf('enrol', bank.anchor)}>{t('do.next')}</Button>;
  return (
    <Button big onClick={() => trust(bank)}>
      {t('do.trustBank')}
    </Button>
  );
}

/** What was paid and received before, from a file that the words open. It fits only into an empty wallet. */
function Backup({ bank, words }: { bank: Bank; words: string[] }) {
  const read = async () => {
    const file = await choose();
    if (!file) return;
    const seed = await seedOf(words);
    try {
      const records = await openBackup(seed, file);
      if (!home.value) await openWallet(bank.network);
      home.value = await call('importBackup', { bytes: records });
    } finally {
      seed.fill(0);
    }
    say(t('backup.read'));
    await trust(bank);
  };
  return (
    <section class="card">
      <p>{t('restore.backup')}</p>
      <Button kind="plain" icon="file" onClick={read}>
        {t('do.openFile')}
      </Button>
    </section>
  );
}
