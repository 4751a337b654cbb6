import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { waitFor } from '../pin';
import { profile, unlock } from '../state';
import { PinPad } from './PinPad';
import { failure } from './feedback';

const free = 3; // wrong ones before waiting begins

/** Asks the chosen person's PIN, with the wait that grows by each wrong one. */
export function AskPin({ onRight }: { onRight?: () => unknown }) {
  const [wrong, setWrong] = useState(false);
  const wait = useWait();
  const pin = profile.value?.pin;
  if (!pin) return null;
  const left = free - pin.wrong;
  const judge = async (digits: string) => {
    const right = await unlock(digits);
    setWrong(!right);
    if (right) await onRight?.();
    else failure();
  };
  return (
    <>
      <p class="centre">{t('pin.type')}</p>
      <div class="centre" role="alert">
        {wait > 120 && <p>{t('pin.waitMinutes', { n: Math.ceil(wait / 60) })}</p>}
        {wait > 0 && wait <= 120 && <p>{t('pin.wait', { n: wait })}</p>}
        {wait === 0 && wrong && <p>{t('pin.wrong')}</p>}
        {wait === 0 && pin.wrong > 0 && left > 0 && <p>{t('pin.left', { n: left })}</p>}
      </div>
      <PinPad length={pin.length} disabled={wait > 0} onDigits={judge} />
    </>
  );
}

/** Seconds to wait still, counted down. */
function useWait(): number {
  const [now, setNow] = useState(Date.now());
  const pin = profile.value?.pin;
  const wait = pin ? Math.ceil(waitFor(pin, Math.max(now, Date.now())) / 1000) : 0;
  useEffect(() => {
    if (wait === 0) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [wait > 0]);
  return wait;
}
