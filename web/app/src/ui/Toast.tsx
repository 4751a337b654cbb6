import { signal } from '@preact/signals';
import { failureOf } from '../rpc';
import { errorText, t } from '../i18n';

import { Icon } from './Icon';

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

const toasts = signal<Toast[]>([]);
let last = 0;

function show(text: string, bad: boolean, milliseconds: number): void {
  const id = ++last;
  toasts.value = [...toasts.value.filter((toast) => toast.text !== text).slice(-1), { id, text, bad }];
  setTimeout(() => dismiss(id), milliseconds);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** A short word that something is done. */
export function say(text: string): void {
  show(text, false, 5_000);
}

/** What went wrong and what to do next, in the person's words. */
export function fail(thrown: unknown): void {
  const failure = failureOf(thrown);
  if (failure.code === 'internal') console.error(thrown);
  show(errorText(failure), true, 12_000);
}

export function Toasts() {
  return (
    <div class="toasts">
      {toasts.value.map(({ id, text, bad }) => (
        <div key={id} class={bad ? 'toast bad' : 'toast'} role={bad ? 'alert' : 'status'}>
          <Icon name={bad ? 'warning' : 'check'} />
          <p>{text}</p>
          <button type="button" class="icon-button" aria-label={t('do.close')} onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
