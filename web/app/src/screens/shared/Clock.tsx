import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { date, t } from '../../i18n';
import { call } from '../../rpc';
import { home } from '../../state';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import './clock.css';

const asking = signal(false);

/** Asks what day it is: signed times contradict this phone's clock. */
export function askDate(): void {
  asking.value = true;
}

/** Noon of a day of this phone's calendar, in Unix seconds; undefined: there is no such day. */
export function noonOf(day: number, month: number, year: number): number | undefined {
  const noon = new Date(year, month - 1, day, 12);
  const same = noon.getFullYear() === year && noon.getMonth() === month - 1 && noon.getDate() === day;
  return same && year > 2000 ? Math.floor(noon.getTime() / 1000) : undefined;
}

/** Stands once on each screen that may ask. */
export function ClockQuestion() {
  if (!asking.value) return null;
  return <Question />;
}

function Question() {
  const known = new Date((home.value?.time ?? Date.now() / 1000) * 1000);
  const [typed, setTyped] = useState({ day: '', month: '', year: String(known.getFullYear()) });
  const [wrong, setWrong] = useState(false);
  const close = () => (asking.value = false);
  const set = async () => {
    const today = noonOf(Number(typed.day), Number(typed.month), Number(typed.year));
    setWrong(today === undefined);
    if (today === undefined) return;
    await call('setClock', { today });
    close();
  };
  const field = (part: keyof typeof typed, label: string) => (
    <label>
      {label}
      <input
        inputMode="numeric"
        maxLength={part === 'year' ? 4 : 2}
        value={typed[part]}
        onInput={(event) => setTyped({ ...typed, [part]: event.currentTarget.value.replace(/\D/g, '') })}
      />
    </label>
  );
  return (
    <Dialog
      title={t('clock.title')}
      onClose={close}
      footer={
        <>
          <Button kind="quiet" onClick={close}>
            {t('do.cancel')}
          </Button>
          <Button onClick={set}>{t('do.setDate')}</Button>
        </>
      }
    >
      <p>{t('clock.ask', { date: date(Math.floor(Date.now() / 1000)) })}</p>
      <div class="date-fields">
        {field('day', t('clock.day'))}
        {field('month', t('clock.month'))}
        {field('year', t('clock.year'))}
      </div>
      {wrong && <p role="alert">{t('clock.not')}</p>}
    </Dialog>
  );
}
