import { useEffect, useState } from 'preact/hooks';
import type { Quote } from '../api';
import { amount as written, before, date, sayAmount, t } from '../i18n';
import { back, go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { call } from '../rpc';
import { home, payment } from '../state';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Keypad } from '../ui/Keypad';
import { Page } from '../ui/Page';
import { Slide } from '../ui/Slide';
import { useWakeLock } from '../ui/wakelock';
import * as carried from './shared/carried';
import { ClockQuestion } from './shared/Clock';
import { some } from './shared/purses';
import { Scanner } from './shared/Scanner';
import { Sum } from './shared/Sum';
import { Trouble } from './shared/Trouble';
import { useLoaded } from '../ui/useLoad';
import { Who } from './shared/Who';
import './pay.css';

/** The camera first; then who gets how much, and the slide. `?givesBack=` names the payment that is given back. */
export default function Pay({ query }: ScreenProps) {
  const bytes = carried.bill.value;
  if (bytes) return <Offer bytes={bytes} givesBack={query.get('givesBack') ?? ''} />;
  return (
    <Page title={t('pay.title')} back>
      <Scanner hint={t('pay.scan')} />
      <ClockQuestion />
    </Page>
  );
}

/** Away from what was scanned, without having paid it. */
function leave(): void {
  carried.bill.value = undefined;
  back();
}

function Offer({ bytes, givesBack }: { bytes: Uint8Array; givesBack: string }) {
  useWakeLock();
  useEffect(payment, []);
  useEffect(() => () => void (carried.bill.value = undefined), []);
  const [amount, setAmount] = useState('');
  const args = { bytes, ...(amount && { amount }), ...(givesBack && { givesBack }) };
  const { value, failure } = useLoaded(
    async () => ({ quote: await call('quote', args), asked: amount }),
    [bytes, amount, home.value],
  );
  const quote = value?.asked === amount ? value.quote : undefined; // never another sum than the one that is paid

  if (failure) {
    return (
      <Page
        title={t('pay.title')}
        back={leave}
        footer={amount ? <Button onClick={() => setAmount('')}>{t('do.change')}</Button> : <ScanAnother />}
      >
        <Trouble failure={failure} />
        <ClockQuestion />
      </Page>
    );
  }
  if (!quote) {
    return (
      <Page title={t('pay.title')} back={leave}>
        <p role="status">{t('app.loading')}</p>
      </Page>
    );
  }
  if (quote.paidBy) return <PaidBefore quote={quote} />;
  if (quote.open && !amount) return <HowMuch quote={quote} onAmount={setAmount} />;
  return <Confirm quote={quote} args={args} change={quote.open ? () => setAmount('') : undefined} />;
}

const ScanAnother = () => (
  <Button kind="plain" icon="scan" onClick={() => (carried.bill.value = undefined)}>
    {t('pay.scan')}
  </Button>
);

function PaidBefore({ quote }: { quote: Quote }) {
  return (
    <Page
      title={t('pay.title')}
      back={leave}
      footer={
        <>
          <Button href={hrefOf('show', quote.paidBy)}>{t('do.showAgain')}</Button>
          <ScanAnother />
        </>
      }
    >
      <div class="notice" role="alert">
        <Icon name="warning" />
        <p>{t('pay.paidBefore')}</p>
      </div>
      <Payee quote={quote} />
    </Page>
  );
}

function HowMuch({ quote, onAmount }: { quote: Quote; onAmount: (amount: string) => void }) {
  const [typed, setTyped] = useState('');
  const { asset, decimals } = quote;
  const ready = some(typed);
  return (
    <Page
      title={t('pay.title')}
      back={leave}
      footer={
        <Button big disabled={!ready} onClick={() => onAmount(typed.replace(/\.$/, ''))}>
          {t('do.next')}
        </Button>
      }
    >
      <Payee quote={quote} />
      <p id="how-much">{t('pay.howMuch')}</p>
      <div class="typed" aria-live="polite">
        <Sum amount={typed.replace(/\.$/, '') || '0'} asset={asset} decimals={decimals} />
        <p class="soft">{t('pay.most', { amount: written(quote.most, asset, decimals) })}</p>
      </div>
      <Keypad value={typed} onChange={setTyped} decimals={decimals} label={t('pay.howMuch')} />
    </Page>
  );
}

/** Who is paid, and for what. */
function Payee({ quote }: { quote: Quote }) {
  if (quote.unload) return null;
  return (
    <div>
      <Who account={quote.payeeAccount} name={quote.payee} say={(name) => t('pay.to', { name })} />
      {quote.memo && <p>{t('pay.for', { memo: quote.memo })}</p>}
    </div>
  );
}

interface ConfirmProps {
  quote: Quote;
  args: { bytes: Uint8Array; amount?: string; givesBack?: string };
  change: (() => void) | undefined;
}

function Confirm({ quote, args, change }: ConfirmProps) {
  const { amount, asset, decimals } = quote;
  /** Shown to the other person only when the journal has it: pay() resolves then, and not before. */
  const pay = async () => {
    const paid = await call('pay', args);
    carried.bill.value = undefined;
    go('show', paid.entry, { replace: true });
  };
  return (
    <Page
      title={t('pay.title')}
      back={leave}
      footer={<Slide label={t('pay.slide', { amount: written(amount, asset, decimals) })} onDone={pay} />}
    >
      <Payee quote={quote} />
      {quote.unload && <p class="payee">{t('pay.cashOut', { amount: sayAmount(amount, asset, decimals) })}</p>}
      <div class="card main">
        <Sum amount={amount} asset={asset} decimals={decimals} notes />
        {change && (
          <Button kind="quiet" onClick={change}>
            {t('do.change')}
          </Button>
        )}
      </div>
      {quote.oddDate && (
        <div class="notice">
          <Icon name="warning" />
          <p>{t('pay.oddDate', { date: date(home.value?.time ?? 0) })}</p>
        </div>
      )}
      <Terms quote={quote} />
    </Page>
  );
}

/** How far the money has come from the bank, and until when whom I pay must bring it there. */
function Terms({ quote }: { quote: Quote }) {
  const { asset, decimals, guaranteed } = quote;
  return (
    <ul class="terms">
      <li>{quote.depth === 0 ? t('trust.fromBank') : t('trust.depth', { n: quote.depth })}</li>
      {quote.deadline > 0 && <li>{t('trust.until', { before: before(quote.deadline, home.value?.time) })}</li>}
      {some(guaranteed) && <li>{t('trust.guaranteed', { amount: written(guaranteed, asset, decimals) })}</li>}
      <li class="soft">
        {t('word.bank')}: {quote.bankName}
      </li>
    </ul>
  );
}
