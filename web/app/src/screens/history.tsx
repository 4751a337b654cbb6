import { useState } from 'preact/hooks';
import type { Row } from '../api';
import { date, t, when } from '../i18n';
import { daysBetween } from '../i18n/format';
import { useKnown } from '../known';
import type { ScreenProps } from '../router';
import { call } from '../rpc';
import { home } from '../state';
import { Button } from '../ui/Button';
import { Page } from '../ui/Page';
import { RowLine } from '../ui/RowLine';
import { useLoad } from '../ui/useLoad';

const page = 30;
const most = 10_000; // with one person: all that there is

/** What was asked for, paid and received, newest first; `param`: with this account only. */
export default function Screen({ param }: ScreenProps) {
  const [limit, setLimit] = useState(param ? most : page);
  const known = useKnown();
  const history = useLoad(() => call('history', { limit }), [limit, home.value]);
  const rows = history?.rows.filter((row) => (param ? row.other === param : !isTold(row)));
  return (
    <Page title={param ? known.nameOf(param) : t('history.title')} back>
      {rows?.length === 0 && <p>{t('history.empty')}</p>}
      {byDay(rows ?? []).map(({ day, list }) => (
        <section key={day}>
          <h2>{day}</h2>
          <ul class="rows">
            {list.map((row) => (
              <li key={row.hash}>
                <RowLine row={row} known={known} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {history?.more && (
        <Button kind="plain" onClick={() => setLimit(limit + page)}>
          {t('history.older')}
        </Button>
      )}
    </Page>
  );
}

/** A request that was paid stands there as what was received. */
const isTold = ({ act, state }: Row): boolean => act === 'requested' && state === 'paid';

/** Rows under the day on which they happened. */
function byDay(rows: Row[]): { day: string; list: Row[] }[] {
  const days: { day: string; list: Row[] }[] = [];
  for (const row of rows) {
    const day = dayOf(row.at);
    const last = days.at(-1);
    if (last?.day === day) last.list.push(row);
    else days.push({ day, list: [row] });
  }
  return days;
}

function dayOf(at: number): string {
  const ago = daysBetween(at, Date.now() / 1000);
  const text = ago === 0 ? t('when.today') : ago === 1 ? when(at) : date(at);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
