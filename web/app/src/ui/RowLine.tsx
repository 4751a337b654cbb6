import type { Row } from '../api';
import { t } from '../i18n';
import type { Known } from '../known';
import { hrefOf, type Name } from '../router';
import { actText, isIncome, isPayment, stateText, toneOf } from '../rows';
import type { Tone } from '../rows';
import { Amount } from './Amount';
import { Face } from './Face';
import { Icon, type IconName } from './Icon';
import './row-line.css';

const signs: Record<Tone, IconName> = { good: 'check', waiting: 'history', bad: 'warning', over: 'close' };

/** How something stands: a sign, a colour and the words, each of which says it alone. */
export function State({ row }: { row: Row }) {
  return (
    <span class={`state is-${toneOf(row)}`}>
      <Icon name={signs[toneOf(row)]} size={20} />
      <span>{stateText(row)}</span>
    </span>
  );
}

/** An amount as it was asked for, paid or received. */
export function RowAmount({ row, big }: { row: Row; big?: boolean }) {
  if (Number(row.amount) === 0) return <span>{t('word.anyAmount')}</span>;
  return <Amount amount={row.amount} asset={row.asset} decimals={row.decimals} big={big} />;
}

interface LineProps {
  row: Row;
  known: Known;
  to?: Name;
}

/** A line of the history, which leads to its receipt. */
export function RowLine({ row, known, to = 'receipt' }: LineProps) {
  const name = row.other || row.otherName ? known.nameOf(row.other, row.otherName) : '';
  return (
    <a class="row-line" href={hrefOf(to, row.hash)}>
      {name ? <Face name={name} photo={known.faceOf(row.other)?.photo} /> : <Sign row={row} />}
      <span class="row-line-words">
        <span class="row-line-first">
          <b>{actText(row)}</b>
          <b>
            <RowAmount row={row} />
          </b>
        </span>
        {(name || row.memo) && <span>{[name, row.memo].filter(Boolean).join(' · ')}</span>}
        <State row={row} />
      </span>
    </a>
  );
}

function Sign({ row }: { row: Row }) {
  return (
    <span class="row-line-sign">
      <Icon name={isIncome(row) ? 'receive' : isPayment(row) ? 'bank' : 'scan'} />
    </span>
  );
}
