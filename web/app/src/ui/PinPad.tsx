import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from './Button';
import { buzz } from './feedback';
import { Icon } from './Icon';
import { fail } from './Toast';
import './pin-pad.css';

interface Props {
  /** How many digits end it; 0: a button ends it, from 4 digits on. */
  length?: number;
  disabled?: boolean;
  /** The digits are gone from the pad when it is called. */
  onDigits: (digits: string) => unknown;
}

const fewest = 4;
const most = 8;

/** Keys for a PIN. Only dots are shown; a keyboard types on it too. */
export function PinPad({ length = 0, disabled, onDigits }: Props) {
  const [digits, setDigits] = useState('');
  const [busy, setBusy] = useState(false);
  const off = disabled || busy;

  const done = async (all: string) => {
    setBusy(true);
    try {
      await onDigits(all);
    } catch (thrown) {
      fail(thrown);
    } finally {
      setDigits('');
      setBusy(false);
    }
  };
  const press = (key: string) => {
    if (off) return;
    buzz(8);
    const now = key === 'delete' ? digits.slice(0, -1) : (digits + key).slice(0, length || most);
    setDigits(now);
    if (length && now.length === length) void done(now);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.key === 'Backspace' ? 'delete' : event.key;
    if (!/^(\d|delete)$/.test(key)) return;
    event.preventDefault();
    press(key);
  };
  return (
    <div class="stack" onKeyDown={onKeyDown}>
      <p class="pin-dots" role="status">
        <span class="sr">{t('pin.digits', { n: digits.length })}</span>
        {Array.from({ length: length || Math.max(fewest, digits.length) }, (_, i) => (
          <span key={i} class={i < digits.length ? 'dot full' : 'dot'} />
        ))}
      </p>
      <div class="keypad" role="group" aria-label={t('pin.type')}>
        {['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0'].map((key) =>
          key ? (
            <button key={key} type="button" class="key" disabled={off} onClick={() => press(key)}>
              {key}
            </button>
          ) : (
            <span key="none" />
          ),
        )}
        <button
          type="button"
          class="key"
          aria-label={t('keypad.delete')}
          disabled={off || !digits}
          onClick={() => press('delete')}
        >
          <Icon name="delete" />
        </button>
      </div>
      {length === 0 && (
        <Button disabled={off || digits.length < fewest} onClick={() => done(digits)}>
          {t('do.next')}
        </Button>
      )}
    </div>
  );
}
