import { useState } from 'preact/hooks';
import type { Bill } from '../api';
import { amount as written, t } from '../i18n';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { call, failureOf } from '../rpc';
import { home } from '../state';
import { Button } from '../ui/Button';
import { Choice } from '../ui/Choice';
import { ask } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Keypad } from '../ui/Keypad';
import { Page } from '../ui/Page';
import * as carried from './shared/carried';
import { Code } from './shared/Code';
import { Got } from './shared/Got';
import { openPurses, some } from './shared/purses';
import { Sum } from './shared/Sum';
import { Trouble } from './shared/Trouble';
import { useLoaded } from '../ui/useLoad';
import { errorText } from '../i18n';
import './receive.css';

/** #/receive: how much; #/receive?bill=…: the code for the payer; #/receive/ENTRY: what has come. */
export default function Receive({ param, query }: ScreenProps) {
  if (param) return <Got entry={param} />;
  const bill = query.get('bill');
  return bill ? <Asking hash={bill} /> : <Form />;
}

function Form() {
  const purses = openPurses(home.value);
  const [chosen, setChosen] = useState('');
  const purse = purses.find((one) => one.id === chosen) ?? purses[0];
  const [typed, setTyped] = useState('');
  const [memo, setMemo] = useState('');
  const [standing, setStanding] = useState(false);
  if (!purse) {
    return (
      <Page title={t('receive.title')} back footer={<Button href={hrefOf('bank')}>{t('bank.title')}</Button>}>
        <p>{t('home.noPurse')}</p>
      </Page>
    );
  }
  const amount = typed.replace(/\.$/, '');
  const next = async () => {
    const bill = await request({ purse: purse.id, memo: memo.trim(), standing, ...(some(amount) && { amount }) });
    if (bill) go('receive', '', { query: { bill: bill.bill } });
  };
  return (
    <Page
      title={t('receive.title')}
      back
      footer={
        <Button big kind={some(amount) ? 'primary' : 'plain'} onClick={next}>
          {t(some(amount) ? 'do.next' : 'receive.open')}
        </Button>
      }
    >
      {purses.length > 1 && (
        <Choice
          name="purse"
          legend={t('enrol.asset')}
          chosen={purse.id}
          onChoose={setChosen}
          options={purses.map(({ id, asset, bankName }) => [id, `${asset} · ${bankName}`])}
        />
      )}
      <div aria-live="polite">
        <p class="soft">{t('receive.howMuch')}</p>
        <Sum amount={amount || '0'} asset={purse.asset} decimals={purse.decimals} />
      </div>
      <Keypad value={typed} onChange={setTyped} decimals={purse.decimals} label={t('receive.howMuch')} />
      <details>
        <summary>{t('receive.memo')}</summary>
        <div class="stack">
          <label>
            {t('receive.memo')} ({t('word.optional')})
            <input value={memo} maxLength={64} onInput={(event) => setMemo(event.currentTarget.value)} />
          </label>
          <label class="choice">
            <input type="checkbox" checked={standing} onChange={(event) => setStanding(event.currentTarget.checked)} />
            {t('receive.standing')}
          </label>
        </div>
      </details>
    </Page>
  );
}

interface Wish {
  purse: string;
  amount?: string;
  memo: string;
  standing: boolean;
}

/** A bill. When the person would then carry more than the bank advises, they are asked first. */
async function request(wish: Wish): Promise<Bill | undefined> {
  try {
    return await call('request', wish);
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure.code !== 'over_holding') throw thrown;
    if (!(await ask({ title: t('receive.title'), text: errorText(failure), yes: t('do.yes'), no: t('do.no') }))) return;
    return call('request', { ...wish, overHolding: true });
  }
}

/** The code for the payer. It is read from the journal: whoever opens the app again finds the same one. */
function Asking({ hash }: { hash: string }) {
  const { value: detail, failure } = useLoaded(() => call('row', { hash }), [hash, home.value]);
  if (!detail) {
    return (
      <Page title={t('receive.title')} back>
        {failure ? <Trouble failure={failure} /> : <p role="status">{t('app.loading')}</p>}
      </Page>
    );
  }
  const { row } = detail;
  const over = row.state === 'paid' || row.state === 'expired';
  const scan = () => {
    carried.accepted.value = undefined;
    go('scan');
  };
  return (
    <Page
      title={t('receive.title')}
      back
      footer={
        over ? (
          <Button onClick={() => go('receive', '', { replace: true })}>{t('receive.title')}</Button>
        ) : (
          <Button icon="scan" onClick={scan}>
            {t('receive.then')}
          </Button>
        )
      }
    >
      {over ? (
        <div class="notice" role="status">
          <Icon name={row.state === 'paid' ? 'check' : 'warning'} />
          <p>{t(row.state === 'paid' ? 'state.paid' : 'state.late')}</p>
        </div>
      ) : (
        <>
          <div class="centre">
            <p class="asking">
              {some(row.amount)
                ? t('receive.asking', { amount: written(row.amount, row.asset, row.decimals) })
                : t('receive.asking', { amount: t('word.anyAmount') })}
            </p>
            {row.memo && <p>{t('pay.for', { memo: row.memo })}</p>}
            <p class="soft">{t('receive.show')}</p>
          </div>
          <Code bytes={detail.bytes} file={`kula-${hash.slice(0, 8)}.kula`} />
        </>
      )}
    </Page>
  );
}
