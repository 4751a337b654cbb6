import { amount as written, sayAmount } from '../i18n';

interface Props {
  /** Decimal text in units: "12.5". */
  amount: string;
  asset: string;
  decimals?: number;
  big?: boolean;
}

/** An amount of money: K12.50 for the eye, "12.50 kina" for the ear. */
export function Amount({ amount, asset, decimals, big }: Props) {
  const shown = written(amount, asset, decimals);
  return (
    <span class={big ? 'amount big' : 'amount'} style={{ '--chars': shown.length }}>
      <span aria-hidden="true">{shown}</span>
      <span class="sr">{sayAmount(amount, asset, decimals)}</span>
    </span>
  );
}
