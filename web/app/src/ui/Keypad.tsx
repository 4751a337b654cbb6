import { catalogue, t } from '../i18n';
import { buzz } from './feedback';
import { Icon } from './Icon';
import { typed } from './typed';

interface Props {
  /** What is typed so far: "", "12", "12.5". */
  value: string;
  onChange: (value: string) => void;
  /** Digits after the point; 0: no point. */
  decimals: number;
  label?: string;
}

/** Big keys for an amount; a keyboard types on it too. */
export function Keypad({ value, onChange, decimals, label }: Props) {
  const press = (key: string) => {
    buzz(8);
    onChange(typed(value, key, decimals));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.key === 'Backspace' ? 'delete' : event.key === ',' ? '.' : event.key;
    if (!/^(\d|\.|delete)$/.test(key)) return;
    event.preventDefault();
    press(key);
  };
  return (
    <div class="keypad" role="group" aria-label={label ?? t('keypad.label')} onKeyDown={onKeyDown}>
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((key) => (
        <Key key={key} onPress={() => press(key)}>
          {key}
        </Key>
      ))}
      {decimals > 0 ? (
        <Key label={t('keypad.point')} onPress={() => press('.')}>
          {catalogue.value.locale.decimal}
        </Key>
      ) : (
        <Key onPress={() => press('0')}>0</Key>
      )}
      {decimals > 0 ? <Key onPress={() => press('0')}>0</Key> : <Key onPress={() => onChange(zeros(value))}>00</Key>}
      <Key label={t('keypad.delete')} onPress={() => press('delete')}>
        <Icon name="delete" />
      </Key>
    </div>
  );
}

const zeros = (value: string) => typed(typed(value, '0', 0), '0', 0);

function Key({
  label,
  onPress,
  children,
}: {
  label?: string;
  onPress: () => void;
  children: preact.ComponentChildren;
}) {
  return (
    <button type="button" class="key" aria-label={label} onClick={onPress}>
      {children}
    </button>
  );
}
