import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Paid, Row } from '../api';
import { amount as written, pictureName, t } from '../i18n';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { call, failureOf } from '../rpc';
import { home, payment } from '../state';
import { Button } from '../ui/Button';
import { failure as lowNotes, success } from '../ui/feedback';
import { Icon } from '../ui/Icon';
import { Notes } from '../ui/Notes';
import { Page } from '../ui/Page';
import { Picture, pictureChoices } from '../ui/Picture';
import { Trouble } from './shared/Trouble';
import { useLoaded } from '../ui/useLoad';
import { Who } from './shared/Who';
import './they-have-it.css';

/** The payer taps the picture that the payee's phone shows. There is no tick before that, or before an answer of theirs. */
export default function TheyHaveIt({ param: entry }: ScreenProps) {
  const { value, failure } = useLoaded(
    () => Promise.all([call('again', { entry }), call('row', { hash: entry })]),
    [entry, home.value],
  );
  if (!value) {
    return (
      <Page title={t('have.title')} back>
        {failure ? <Trouble failure={failure} /> : <p role="status">{t('app.loading')}</p>}
      </Page>
    );
  }
  const [paid, { row }] = value;
  return arrived(row) ? <Arrived paid={paid} row={row} /> : <Ask key={entry} paid={paid} />;
}

const certain: readonly Row['state'][] = ['acknowledged', 'honoured', 'paid out'];
const arrived = (row: Row): boolean => row.seen || row.acked || certain.includes(row.state);

function Ask({ paid }: { paid: Paid }) {
  useEffect(payment, []);
  const [tries, setTries] = useState(0);
  const [none, setNone] = useState(false);
  const choices = useMemo(() => pictureChoices(paid.picture), [paid.entry, tries]);
  const tap = async (picture: number) => {
    try {
      home.value = await call('theyHaveIt', { entry: paid.entry, picture });
      success();
    } catch (thrown) {
      if (failureOf(thrown).code !== 'wrong_picture') throw thrown;
      lowNotes();
      setTries(tries + 1);
    }
  };
  const showAgain = hrefOf('show', paid.entry);
  return (
    <Page
      title={t('have.title')}
      back
      footer={
        none || tries > 0 ? (
          <Button href={showAgain}>{t('do.showAgain')}</Button>
        ) : (
          <Button kind="plain" onClick={() => setNone(true)}>
            {t('have.none')}
          </Button>
        )
      }
    >
      <p>{t('have.ask')}</p>
      {(none || tries > 0) && (
        <div class="notice" role="alert" key={tries}>
          <Icon name="warning" />
          <p>{t(none ? 'have.noneHelp' : 'have.wrong')}</p>
        </div>
      )}
      <div class="pictures">
        {choices.map((n) => (
          <Button key={n} kind="plain" label={pictureName(n)} onClick={() => tap(n)}>
            <Picture n={n} size={88} silent />
          </Button>
        ))}
      </div>
      <p class="soft">{t('have.why')}</p>
      <Button kind="quiet" icon="scan" href={hrefOf('scan')}>
        {t('do.scan')}
      </Button>
    </Page>
  );
}

function Arrived({ paid, row }: { paid: Paid; row: Row }) {
  return (
    <Page
      title={t('pay.title')}
      footer={
        <Button big onClick={() => go('home', '', { replace: true })}>
          {t('do.done')}
        </Button>
      }
    >
      <div class="notice good arrived" role="status">
        <Icon name="check" size={48} />
        <p>{t('have.right', { amount: written(paid.amount, paid.asset, paid.decimals) })}</p>
      </div>
      {row.other && <Who account={row.other} name={row.otherName} say={(name) => `${t('word.to')}: ${name}`} />}
      {row.memo && <p>{t('pay.for', { memo: row.memo })}</p>}
      <Notes amount={paid.amount} asset={paid.asset} />
      <div class="row">
        <Picture n={paid.picture} size={72} />
        <p>{t('have.digits', { digits: paid.digits })}</p>
      </div>
    </Page>
  );
}
