import { settings } from '../../settings';
import { Amount } from '../../ui/Amount';
import { Notes } from '../../ui/Notes';

interface Props {
  amount: string;
  asset: string;
  decimals: number;
  /** Also as notes and coins, whatever the settings say. */
  notes?: boolean;
}

/** An amount that matters: large, and for who does not read numbers as the notes and coins it would be. */
export function Sum({ amount, asset, decimals, notes }: Props) {
  return (
    <div class="sum">
      <Amount big amount={amount} asset={asset} decimals={decimals} />
      {(notes || settings.value.pictures) && <Notes amount={amount} asset={asset} />}
    </div>
  );
}
