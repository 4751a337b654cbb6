import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Home as Wallet, Purse, Row, Warning } from '../api';
import { dueOf } from '../due';
import { amount as written, before, errorText, t, when } from '../i18n';
import { useKnown } from '../known';
import { go, hrefOf } from '../router';
import { call } from '../rpc';
import { arrived, device, home, online, profile, retire } from '../state';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { fail } from '../ui/Toast';
import { askDate, ClockQuestion } from './shared/Clock';
import { Menu } from './shared/Menu';
import { less, some } from './shared/purses';
import { Sum } from './shared/Sum';
import './home.css';

/** Amounts are hidden from who looks over the shoulder, until the app is closed. */
const hidden = signal(false);

export default function Home() {
  const [menu, setMenu] = useState(false);
  useEffect(() => {
    // Time alone changes what can be spent, and what is to be warned of.
    call('home', {}).then((now) => (home.value = now), fail);
  }, []);
  useEffect(() => {
    if (arrived.value) go('scan');
  }, [arrived.value]);
  const wallet = home.value;
  if (!wallet) return <Page title={t('app.name')} />;
  const purses = wallet.purses.filter((purse) => purse.phase === 'open' || some(purse.toBank));
  return (
    <Page
      title={profile.value?.name || t('app.name')}
      action={<TopButtons onMenu={() => setMenu(true)} />}
      footer={purses.length > 0 && <Acts />}
    >
      {!online.value && <p class="soft">{t('word.offline')}</p>}
      {device.value?.behind && <Behind />}
      {wallet.warnings.map((warning) => (
        <WarningNotice key={warning.code + warning.purse} warning={warning} wallet={wallet} />
      ))}
      <Undelivered rows={wallet.undelivered} />
      {purses.length === 0 && <NoPurse wallet={wallet} />}
      {purses.map((purse) => (
        <PurseCard key={purse.id} purse={purse} now={wallet.time} several={purses.length > 1} />
      ))}
      {purses.length > 0 && <Links />}
      {menu && <Menu onClose={() => setMenu(false)} />}
      <ClockQuestion />
    </Page>
  );
}

function TopButtons({ onMenu }: { onMenu: () => void }) {
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-pressed={hidden.value}
        aria-label={t(hidden.value ? 'home.show' : 'home.hide')}
        onClick={() => (hidden.value = !hidden.value)}
      >
        <Icon name={hidden.value ? 'eyeOff' : 'eye'} />
      </button>
      <button type="button" class="icon-button" aria-haspopup="dialog" aria-label={t('home.menu')} onClick={onMenu}>
        <Icon name="menu" />
      </button>
    </>
  );
}

function Acts() {
  return (
    <div class="acts">
      <Button big icon="pay" href={hrefOf('pay')}>
        {t('do.pay')}
      </Button>
      <Button big icon="receive" href={hrefOf('receive')}>
        {t('do.receive')}
      </Button>
    </div>
  );
}

function NoPurse({ wallet }: { wallet: Wallet }) {
  const [bank] = wallet.banks;
  return (
    <div class="card">
      <p>{t('home.noPurse')}</p>
      <Button href={bank ? hrefOf('enrol', bank.anchor) : hrefOf('bank')}>
        {bank ? t('enrol.title', { bank: bank.name }) : t('bank.title')}
      </Button>
    </div>
  );
}

/** This memory was put back from a copy: to pay from it would be to pay twice. */
function Behind() {
  const bringBack = async () => {
    const bank = home.value?.banks[0]?.anchor;
    await retire();
    go(bank ? 'enrol' : 'bank', bank);
  };
  return (
    <div class="notice bad" role="alert">
      <Icon name="warning" />
      <div class="stack grow">
        <p>{errorText({ code: 'journal_behind' })}</p>
        <Button kind="plain" onClick={bringBack}>
          {t('restore.title')}
        </Button>
      </div>
    </div>
  );
}

/** What was paid and what nothing says was received: it is the payer who must show it again. */
function Undelivered({ rows }: { rows: Row[] }) {
  const known = useKnown();
  if (rows.length === 0) return null;
  return (
    <section class="notice" aria-labelledby="undelivered">
      <Icon name="warning" />
      <div class="grow">
        <h2 id="undelivered">{t('home.undelivered', { n: rows.length })}</h2>
        <ul class="rows">
          {rows.map((row) => (
            <li key={row.hash}>
              <a href={hrefOf('show', row.hash)} class="undelivered">
                <span>
                  <b>{hidden.value ? '•••' : written(row.amount, row.asset, row.decimals)}</b>{' '}
                  {known.nameOf(row.other, row.otherName)}, {when(row.at, home.value?.time)}
                </span>
                <span class="row-act">
                  {t('do.showAgain')} <Icon name="next" />
                </span>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function PurseCard({ purse, now, several }: { purse: Purse; now: number; several: boolean }) {
  const { asset, decimals } = purse;
  const say = (amount: string) => (hidden.value ? '•••' : written(amount, asset, decimals));
  const nothing = !some(purse.spendable) && !some(purse.received) && !some(purse.toBank) && !some(purse.atBank);
  return (
    <>
      <section class="card main">
        <h2 class="purse-title">{several ? `${t('home.spendable')} · ${purse.bankName}` : t('home.spendable')}</h2>
        {hidden.value ? (
          <p class="amount big">
            <span aria-hidden="true">•••</span>
          </p>
        ) : (
          <Sum amount={purse.spendable} asset={asset} decimals={decimals} />
        )}
        {less(purse.perBill, purse.spendable) && <p>{t('home.perPayment', { amount: say(purse.perBill) })}</p>}
        {nothing && <p>{t('home.empty')}</p>}
        <Loaded purse={purse} now={now} />
      </section>
      <Received purse={purse} now={now} say={say} />
      <Rest purse={purse} say={say} />
    </>
  );
}

/** Until when what the bank has put on this phone can be spent. */
function Loaded({ purse, now }: { purse: Purse; now: number }) {
  const soonest = purse.expiring.find((one) => one.what === 'loaded');
  if (!soonest) return null;
  return <p>{t('home.loadedUntil', { before: before(soonest.at, now) })}</p>;
}

type Say = (amount: string) => string;

function Received({ purse, now, say }: { purse: Purse; now: number; say: Say }) {
  if (!some(purse.received) && !some(purse.toBank)) return null;
  const due = dueOf(purse.expiring, (at) => before(at, now));
  return (
    <section class="card">
      <h2>{t('home.received')}</h2>
      <p class="amount received">{say(purse.received)}</p>
      <ul class="due">
        {due.slice(0, 3).map((one) => (
          <li key={one.before}>{t('home.bring', { amount: say(one.amount), before: one.before })}</li>
        ))}
      </ul>
      {some(purse.toBank) && <p>{t('home.toBank', { amount: say(purse.toBank) })}</p>}
      <Button kind="plain" icon="sync" href={hrefOf('sync')}>
        {t('do.sync')}
      </Button>
    </section>
  );
}

function Rest({ purse, say }: { purse: Purse; say: Say }) {
  return (
    <ul class="rest soft">
      {some(purse.credited) && <li>{t('home.credited', { amount: say(purse.credited) })}</li>}
      {some(purse.giveBack) && <li>{t('home.giveBack', { amount: say(purse.giveBack) })}</li>}
      {purse.atBankTime > 0 && (
        <li>
          {t('home.atBank', { amount: say(purse.atBank) })} ({t('home.atBankTime', { date: when(purse.atBankTime) })})
        </li>
      )}
      <li>{t('home.syncedAt', { date: when(Math.max(purse.syncedAt, profile.value?.syncedAt ?? 0)) })}</li>
    </ul>
  );
}

function Links() {
  const first = openPurseNeedsBank();
  return (
    <div class="links">
      <Button kind="plain" icon="history" href={hrefOf('history')}>
        {t('history.title')}
      </Button>
      {!first && (
        <Button kind="plain" icon="sync" href={hrefOf('sync')}>
          {t('do.sync')}
        </Button>
      )}
    </div>
  );
}

/** Whether the way to the bank stands beside what was received already. */
const openPurseNeedsBank = (): boolean =>
  home.value?.purses.some((purse) => some(purse.received) || some(purse.toBank)) ?? false;

function WarningNotice({ warning, wallet }: { warning: Warning; wallet: Wallet }) {
  const bad = warning.code === 'revoked' || warning.code === 'own_purse';
  return (
    <div class={bad ? 'notice bad' : 'notice'} role={bad ? 'alert' : undefined}>
      <Icon name="warning" />
      <div class="stack grow">
        <p>{warningText(warning, wallet.time)}</p>
        <WarningAct warning={warning} />
      </div>
    </div>
  );
}

function warningText({ code, at }: Warning, now: number): string {
  switch (code) {
    case 'clock_contradicted':
      return t('warning.clock');
    case 'revoked':
      return t('warning.revoked');
    case 'own_purse':
      return t('warning.ownPurse');
    case 'needs_sheet':
      return t('warning.needsSheet');
    case 'bring_soon':
      return t('warning.bringSoon', { before: before(at, now) });
    case 'give_back':
      return t('warning.giveBack');
  }
}

function WarningAct({ warning: { code } }: { warning: Warning }) {
  switch (code) {
    case 'clock_contradicted':
      return (
        <Button kind="plain" onClick={askDate}>
          {t('do.setDate')}
        </Button>
      );
    case 'needs_sheet':
    case 'bring_soon':
      return (
        <Button kind="plain" icon="sync" href={hrefOf('sync')}>
          {t('do.sync')}
        </Button>
      );
    case 'give_back':
      return (
        <Button kind="plain" href={hrefOf('give-back')}>
          {t('do.giveBack')}
        </Button>
      );
    default:
      return (
        <Button kind="plain" icon="help" href={hrefOf('wrong')}>
          {t('wrong.title')}
        </Button>
      );
  }
}
