import type { Detail, Row } from '../api';
import { share } from '../files';
import { amount, before, date, t, time } from '../i18n';
import { useKnown, type Known } from '../known';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { actText, canGiveBack, canShowAgain, isIncome, isPayment, isUnderWay } from '../rows';
import { call } from '../rpc';
import { home, profile } from '../state';
import { Button } from '../ui/Button';
import { Face } from '../ui/Face';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { Picture } from '../ui/Picture';
import { RowAmount, State } from '../ui/RowLine';
import { CaseNumber } from '../ui/TellBank';
import { useLoad } from '../ui/useLoad';
import { Answer } from './shared/Answer';
import './receipt.css';

/** One payment with all that is known of it, what proves it, and what can still be done. */
export default function Screen({ param }: ScreenProps) {
  const detail = useLoad(() => call('row', { hash: param }), [param, home.value]);
  const known = useKnown();
  if (!detail) return <Page title={t('receipt.title')} back />;
  const { row } = detail;
  return (
    <Page title={actText(row)} back footer={<Acts row={row} />}>
      <Head row={row} known={known} />
      <WhatNow detail={detail} />
      <CaseNumber subject={row.hash} />
      {isIncome(row) && isFresh(row) && (
        <div class="card centre">
          <p>{t('receive.showPicture')}</p>
          <Picture n={detail.picture} size={120} />
          <Answer detail={detail} />
        </div>
      )}
      <Facts detail={detail} known={known} />
      {isPayment(row) && canShowAgain(row) && <Resend row={row} digits={detail.digits} />}
      <Proof detail={detail} />
    </Page>
  );
}

/** Whether the payer may still ask to see the picture. */
const isFresh = ({ state }: Row): boolean => state === 'received' || state === 'presented';

function Head({ row, known }: { row: Row; known: Known }) {
  const name = row.other || row.otherName ? known.nameOf(row.other, row.otherName) : '';
  return (
    <section class="card">
      <RowAmount row={row} big />
      {name && (
        <p class="receipt-head">
          <Face name={name} photo={known.faceOf(row.other)?.photo} />
          <b>{name}</b>
        </p>
      )}
      <State row={row} />
    </section>
  );
}

const reasons = { late: 'reason.late', uncovered: 'reason.uncovered', contradicted: 'reason.contradicted' } as const;

/** Why the bank refused it, or what has gone wrong otherwise, and what to do. */
function WhatNow({ detail: { row, reason } }: { detail: Detail }) {
  if (row.state === 'dishonoured') {
    return (
      <div class="notice bad">
        <Icon name="warning" />
        <div class="stack">
          {reason && <p>{t(reasons[reason])}</p>}
          {isIncome(row) && <p>{t('reason.whatNow')}</p>}
        </div>
      </div>
    );
  }
  const text = row.giveBack
    ? t('warning.giveBack')
    : isIncome(row) && row.state === 'received' && row.deadline
      ? t('receipt.deadline', { before: before(row.deadline) })
      : isUnderWay(row)
        ? t('wrong.notArrivedHelp')
        : '';
  return text ? (
    <div class="notice">
      <Icon name={row.giveBack ? 'warning' : 'bank'} />
      <p>{text}</p>
    </div>
  ) : null;
}

function Facts({ detail: { row, digits }, known }: { detail: Detail; known: Known }) {
  const purse = home.value?.purses.find(({ id }) => id === row.purse);
  const facts: [string, preact.ComponentChildren][] = [
    [t('word.date'), t('when.at', { date: date(row.at), time: time(row.at) })],
    [t(isIncome(row) ? 'word.from' : 'word.to'), row.other ? known.nameOf(row.other, row.otherName) : ''],
    [t('word.for'), row.memo],
    [t('receipt.number'), digits],
    [t('word.bank'), purse?.bankName],
  ];
  const path = row.depth > 0 ? t('trust.depth', { n: row.depth }) : t('trust.fromBank');
  return (
    <section class="stack">
      <dl class="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}:`}>{value}</dd>])}
      </dl>
      {isIncome(row) && <p class="soft">{path}</p>}
      {Number(row.covered) > 0 && (
        <p>{t('receipt.covered', { amount: amount(row.covered, row.asset, row.decimals) })}</p>
      )}
      {row.refund && (
        <a href={hrefOf('receipt', row.refund)}>{t(isIncome(row) ? 'receipt.refunded' : 'receipt.refunds')}</a>
      )}
      {row.transaction && (
        <p>
          {t('receipt.onStellar')} <span class="detail">{row.transaction}</span>
        </p>
      )}
    </section>
  );
}

/** The same payment once more, for the payee's phone: the bank counts it once. */
function Resend({ row, digits }: { row: Row; digits: string }) {
  const resend = async () => {
    const { bytes } = await call('again', { entry: row.hash });
    const how = await share(bytes, `kula-${digits}.kula`, t('receipt.title'));
    if (how !== 'stopped') await call('handed', { entry: row.hash });
  };
  return (
    <Button kind="plain" icon="file" onClick={resend}>
      {t('show.otherWays')}
    </Button>
  );
}

function Proof({ detail: { documents, bytes, digits } }: { detail: Detail }) {
  return (
    <details>
      <summary>{t('receipt.proof')}</summary>
      <div class="stack">
        <p>{t('receipt.proofWhy')}</p>
        <Button kind="plain" icon="share" onClick={() => share(bytes, `kula-${digits}-proof.kula`, t('receipt.proof'))}>
          {t('do.saveFile')}
        </Button>
        <ul class="documents" lang="en">
          {documents.map(({ type, hash }) => (
            <li key={hash}>
              {type} <span class="detail">{hash}</span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function Acts({ row }: { row: Row }) {
  if (isPayment(row) && canShowAgain(row)) {
    return (
      <>
        <Button icon="scan" onClick={() => go('show', row.hash)}>
          {t('do.showAgain')}
        </Button>
        {isUnderWay(row) && (
          <Button kind="plain" onClick={() => go('they-have-it', row.hash)}>
            {t('have.title')}
          </Button>
        )}
      </>
    );
  }
  if (!canGiveBack(row, !!profile.value?.till)) return null;
  return (
    <Button kind={row.giveBack ? 'primary' : 'plain'} onClick={() => go('give-back', row.hash)}>
      {t('do.giveBack')}
    </Button>
  );
}
