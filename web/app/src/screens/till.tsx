import { useState } from 'preact/hooks';
import { t, time } from '../i18n';
import { useKnown } from '../known';
import { go, hrefOf } from '../router';
import { call } from '../rpc';
import { home, keep, profile } from '../state';
import { takingsOf } from '../takings';
import { Amount } from '../ui/Amount';
import { AskPin } from '../ui/AskPin';
import { Button } from '../ui/Button';
import { Page } from '../ui/Page';
import { RowLine } from '../ui/RowLine';
import { useLoad } from '../ui/useLoad';
import { useWakeLock } from '../ui/wakelock';
import './till.css';

/** A shop's till: it receives and gives back; to leave it, the PIN is typed. */
export default function Screen() {
  const since = profile.value?.till;
  return since ? <Open since={since} /> : <Closed />;
}

function Closed() {
  const open = async () => {
    await keep({ till: Math.floor(Date.now() / 1000) });
    go('till', '', { replace: true });
  };
  const pin = profile.value?.pin;
  return (
    <Page
      title={t('till.title')}
      back
      footer={
        pin ? (
          <Button big icon="shop" onClick={open}>
            {t('till.open')}
          </Button>
        ) : (
          <Button icon="lock" href={hrefOf('pin')}>
            {t('pin.title')}
          </Button>
        )
      }
    >
      <p>{t('till.why')}</p>
      {!pin && <p class="notice">{t('till.needsPin')}</p>}
    </Page>
  );
}

function Open({ since }: { since: number }) {
  useWakeLock();
  const [leaving, setLeaving] = useState(false);
  if (leaving) return <Leave onBack={() => setLeaving(false)} />;
  return (
    <Page
      title={t('till.title')}
      footer={
        <>
          <Button big icon="receive" href={hrefOf('receive')}>
            {t('do.receive')}
          </Button>
          <Button kind="plain" icon="pay" href={hrefOf('give-back')}>
            {t('do.giveBack')}
          </Button>
        </>
      }
    >
      <Today since={since} />
      <div class="row">
        <Button kind="plain" icon="sync" href={hrefOf('sync')}>
          {t('do.sync')}
        </Button>
        <Button kind="plain" icon="check" href={hrefOf('day-end')}>
          {t('do.endDay')}
        </Button>
        <Button kind="quiet" icon="lock" onClick={() => setLeaving(true)}>
          {t('till.leave')}
        </Button>
      </div>
    </Page>
  );
}

/** What has come in since the till was opened. */
function Today({ since }: { since: number }) {
  const known = useKnown();
  const history = useLoad(() => call('history', { limit: 2_000 }), [home.value]);
  const takings = takingsOf(history?.rows ?? [], since);
  const rows = history?.rows.filter(({ at, act }) => at >= since && (act === 'received' || act === 'gave back')) ?? [];
  return (
    <>
      <section class="takings">
        <p>{t('till.since', { time: time(since) })}</p>
        {takings.map(({ asset, decimals, total, received }) => (
          <div key={asset}>
            <Amount amount={total} asset={asset} decimals={decimals} />
            <p>{t('day.count', { n: received.length })}</p>
          </div>
        ))}
        {history && takings.length === 0 && <p>{t('history.empty')}</p>}
      </section>
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.hash}>
            <RowLine row={row} known={known} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Leave({ onBack }: { onBack: () => void }) {
  const left = async () => {
    await keep({ till: undefined });
    go('home', '', { replace: true });
  };
  return (
    <Page title={t('till.leave')} back={onBack}>
      <AskPin onRight={left} />
    </Page>
  );
}
