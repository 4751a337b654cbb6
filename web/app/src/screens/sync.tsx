import { useState } from 'preact/hooks';
import type { Problem, Purse, Synced } from '../api';
import { choose, share } from '../files';
import { amount, errorText, number, t, when } from '../i18n';
import { hrefOf } from '../router';
import { call, failureOf } from '../rpc';
import { home, keep, online, profile, progress } from '../state';
import { Button } from '../ui/Button';
import { soundOf } from '../ui/feedback';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { Ring } from '../ui/Ring';
import { Told } from '../ui/TellBank';
import { useWakeLock } from '../ui/wakelock';
import * as carried from './shared/carried';

type Told = { synced: Synced } | { failed: string };

/** What a file said that was opened elsewhere: once. */
function carriedHere(): Told | undefined {
  const synced = carried.synced.value;
  carried.synced.value = undefined;
  return synced && { synced };
}

/** Brings what was received to the bank and fetches what may be spent; without a network, somebody carries it. */
export default function Screen() {
  const [running, setRunning] = useState(false);
  const [told, setTold] = useState<Told | undefined>(carriedHere);
  useWakeLock(running);
  const purses = home.value?.purses ?? [];
  const last = Math.max(profile.value?.syncedAt ?? 0, ...purses.map(({ syncedAt }) => syncedAt));

  const connect = async () => {
    setRunning(true);
    setTold(undefined);
    progress.value = undefined;
    try {
      const synced = await call('sync', { refresh: true });
      await keep({ syncedAt: synced.home.time });
      setTold({ synced });
      soundOf(synced);
    } catch (thrown) {
      setTold({ failed: errorText(failureOf(thrown)) });
    } finally {
      setRunning(false);
    }
  };
  return (
    <Page
      title={t('sync.title')}
      back
      footer={
        <Button big icon="sync" disabled={running} onClick={connect}>
          {t('do.sync')}
        </Button>
      }
    >
      <p>{t('sync.how')}</p>
      <p class="soft">{last ? t('sync.last', { date: when(last) }) : t('sync.never')}</p>
      {!online.value && !running && (
        <div class="notice">
          <Icon name="warning" />
          <p>{t('sync.noNetwork')}</p>
        </div>
      )}
      {running && <Progress />}
      <div class="stack" role="status">
        {told && ('failed' in told ? <Failed text={told.failed} /> : <Done synced={told.synced} />)}
      </div>
      {!running && purses.some(({ phase }) => phase === 'open') && (
        <Carry purses={purses} onReply={(synced) => setTold({ synced })} />
      )}
    </Page>
  );
}

function Progress() {
  const at = progress.value;
  return (
    <section class="stack centre">
      <Ring value={at?.all ? at.done / at.all : 0} label={t('sync.running')} />
      <p>{at?.all ? t('sync.progress', { n: at.done, all: at.all }) : t('sync.running')}</p>
      {at && <p class="soft">{t('sync.data', { sent: kilobytes(at.sent), got: kilobytes(at.got) })}</p>}
    </section>
  );
}

const kilobytes = (bytes: number): string => number(Math.ceil(bytes / 1000));

function Failed({ text }: { text: string }) {
  return (
    <div class="notice bad">
      <Icon name="warning" />
      <p>{text}</p>
    </div>
  );
}

function Done({ synced }: { synced: Synced }) {
  const at = progress.value;
  const { problems, heard } = synced;
  return (
    <>
      {problems.length === 0 && (
        <div class="notice good">
          <Icon name="check" />
          <p>{t('sync.done')}</p>
        </div>
      )}
      {synced.presented > 0 && <p>{t('sync.sent', { n: synced.presented })}</p>}
      {synced.receipts > 0 && <p>{t('sync.answered', { n: synced.receipts })}</p>}
      {home.value?.purses
        .filter(({ phase }) => phase === 'open')
        .map((purse) => (
          <p key={purse.id}>
            <b>{t('sync.canSpend', { amount: amount(purse.spendable, purse.asset, purse.decimals) })}</b>
          </p>
        ))}
      {at && <p class="soft">{t('sync.data', { sent: kilobytes(at.sent), got: kilobytes(at.got) })}</p>}
      {Number(synced.coming) > 0 && <Coming synced={synced} />}
      {synced.cases.map((one) => (
        <Told key={one.subject} one={one} />
      ))}
      {problems.length > 0 && <Problems problems={problems} />}
      {synced.clockAhead > 0 && <Failed text={errorText({ code: 'clock_contradicted' })} />}
      {heard.ownPurse.length > 0 && <Failed text={t('warning.ownPurse')} />}
      {heard.condemned.length > 0 && <a href={hrefOf('wrong')}>{t('wrong.cases', { n: heard.condemned.length })}</a>}
    </>
  );
}

/** Paid in at the counter, and still not there. */
function Coming({ synced: { coming } }: { synced: Synced }) {
  const purse = home.value?.purses.find(({ phase }) => phase === 'open');
  if (!purse) return null;
  return (
    <div class="notice">
      <Icon name="history" />
      <p>{t('sync.coming', { amount: amount(coming, purse.asset, purse.decimals) })}</p>
    </div>
  );
}

function Problems({ problems }: { problems: Problem[] }) {
  return (
    <section class="notice">
      <Icon name="warning" />
      <div class="stack">
        <p>{t('sync.problems', { n: problems.length })}</p>
        {problems.map(({ document, code }) => (
          <p key={document + code}>
            {errorText({ code })} {document && <a href={hrefOf('receipt', document)}>{t('receipt.title')}</a>}
          </p>
        ))}
      </div>
    </section>
  );
}

interface CarryProps {
  purses: Purse[];
  onReply: (synced: Synced) => void;
}

/** A file for somebody who goes to town, and the bank's answer that they bring back. */
function Carry({ purses, onReply }: CarryProps) {
  const open = purses.filter(({ phase }) => phase === 'open');
  const carry = async ({ id, asset }: Purse) => {
    const { bytes } = await call('outbox', { purse: id });
    await share(bytes, `kula-${asset}-${id.slice(0, 6)}.kula`, t('sync.carry'));
  };
  const take = async () => {
    const bytes = await choose();
    if (bytes) onReply(await call('takeReply', { bytes: (await call('read', { bytes })).bytes }));
  };
  return (
    <details open={!online.value}>
      <summary>{t('sync.carry')}</summary>
      <div class="stack">
        <p>{t('sync.carryHow')}</p>
        {open.map((purse) => (
          <Button key={purse.id} kind="plain" icon="file" onClick={() => carry(purse)}>
            {t('do.saveFile')}
            {open.length > 1 && ` (${purse.bankName}, ${purse.asset})`}
          </Button>
        ))}
        <Button kind="plain" icon="bank" onClick={take}>
          {t('sync.reply')}
        </Button>
      </div>
    </details>
  );
}
