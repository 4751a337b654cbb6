import { useState } from 'preact/hooks';
import type { Row } from '../api';
import { share } from '../files';
import { amount, before, date, t, time } from '../i18n';
import { useKnown, type Known } from '../known';
import { call } from '../rpc';
import { actText, stateText } from '../rows';
import { home, profile } from '../state';
import { boundsOf, csv, dayOf, takingsOf, type Takings } from '../takings';
import { Amount } from '../ui/Amount';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { RowLine } from '../ui/RowLine';
import { useLoad } from '../ui/useLoad';
import './day-end.css';
import './till.css';

const now = () => Math.floor(Date.now() / 1000);

/** A day in one look: how many, how much, and until when the first of it must be at the bank. */
export default function Screen() {
  const [day, setDay] = useState(dayOf(now()));
  const known = useKnown();
  const history = useLoad(() => call('history', { limit: 10_000 }), [home.value]);
  const [from, until] = boundsOf(day);
  const takings = takingsOf(history?.rows ?? [], from, until);
  const rows = takings.flatMap(({ received, given }) => [...received, ...given]).sort((a, b) => a.at - b.at);
  const title = `${profile.value?.name ?? ''} · ${date(from)}`;
  return (
    <Page
      title={t('day.title')}
      back
      footer={
        <>
          <Button icon="share" disabled={rows.length === 0} onClick={() => tell(title, takings)}>
            {t('do.share')}
          </Button>
          <div class="row">
            <Button kind="plain" disabled={rows.length === 0} onClick={() => saveTable(day, rows, known)}>
              {t('do.saveFile')}
            </Button>
            <Button kind="plain" disabled={rows.length === 0} onClick={() => print()}>
              {t('do.print')}
            </Button>
          </div>
        </>
      }
    >
      <h2>{title}</h2>
      <div class="field no-print">
        <label for="which-day">{t('word.date')}</label>
        <input
          id="which-day"
          type="date"
          max={dayOf(now())}
          value={day}
          onChange={(event) => event.currentTarget.value && setDay(event.currentTarget.value)}
        />
      </div>
      {history && takings.length === 0 && <p>{t(day === dayOf(now()) ? 'day.none' : 'history.empty')}</p>}
      {takings.map((one) => (
        <Sums key={one.asset} takings={one} />
      ))}
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.hash}>
            <RowLine row={row} known={known} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Sums({ takings: { asset, decimals, total, givenTotal, received, given, earliest } }: { takings: Takings }) {
  return (
    <section class="stack">
      <div class="takings">
        <p>{t('day.count', { n: received.length })}</p>
        <Amount amount={total} asset={asset} decimals={decimals} />
        {given.length > 0 && (
          <p>
            {t('day.given', { n: given.length })}: <b>{amount(givenTotal, asset, decimals)}</b>
          </p>
        )}
      </div>
      {earliest > 0 && (
        <div class="notice">
          <Icon name="bank" />
          <p>{t('day.earliest', { before: before(earliest) })}</p>
        </div>
      )}
    </section>
  );
}

/** The sums as a message to whomever the shopkeeper chooses; where there is no sharing, as a file. */
async function tell(title: string, takings: Takings[]): Promise<void> {
  const text = takings
    .map(({ asset, decimals, total, received, given, givenTotal, earliest }) =>
      [
        t('day.share', { date: title, n: received.length, amount: amount(total, asset, decimals) }),
        given.length ? `${t('day.given', { n: given.length })}: ${amount(givenTotal, asset, decimals)}` : '',
        earliest ? t('day.earliest', { before: before(earliest) }) : '',
      ]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n\n');
  if (!navigator.share) return void (await share(new TextEncoder().encode(text), 'kula.txt', title));
  await navigator.share({ title, text }).catch((thrown: unknown) => {
    if (!(thrown instanceof DOMException && thrown.name === 'AbortError')) throw thrown;
  });
}

async function saveTable(day: string, rows: Row[], known: Known): Promise<void> {
  const head = [t('word.date'), '', t('word.amount'), '', '', t('word.from'), t('word.for'), t('word.state')];
  const lines = rows.map((row) => [
    dayOf(row.at),
    time(row.at),
    row.act === 'received' ? row.amount : `-${row.amount}`,
    row.asset,
    actText(row),
    known.nameOf(row.other, row.otherName),
    row.memo,
    stateText(row),
  ]);
  const bytes = new TextEncoder().encode('\ufeff' + csv([head, ...lines])); // the mark tells spreadsheets that it is UTF-8
  await share(bytes, `kula-${day}.csv`, t('day.title'));
}
