import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from './Button';

interface Props {
  title: string;
  onClose: () => void;
  footer?: ComponentChildren;
  children?: ComponentChildren;
}

/** A question over the screen. The browser keeps the focus inside, and Escape closes it. */
export function Dialog({ title, onClose, footer, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={name} onClose={onClose}>
      <h2 id={name}>{title}</h2>
      {children}
      {footer && <div class="actions">{footer}</div>}
    </dialog>
  );
}

interface Question {
  title: string;
  text?: string;
  yes: string;
  no?: string;
  danger?: boolean;
}

const asked = signal<{ question: Question; answer: (yes: boolean) => void } | undefined>(undefined);

/** Asks, and resolves with the answer; whoever closes the question has said no. */
export function ask(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      question,
      answer: (yes) => {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}

export function Dialogs() {
  if (!asked.value) return null;
  const { question, answer } = asked.value;
  return (
    <Dialog
      title={question.title}
      onClose={() => answer(false)}
      footer={
        <>
          <Button kind="quiet" onClick={() => answer(false)}>
            {question.no ?? t('do.cancel')}
          </Button>
          <Button kind={question.danger ? 'danger' : 'primary'} onClick={() => answer(true)}>
            {question.yes}
          </Button>
        </>
      }
    >
      {question.text && <p>{question.text}</p>}
    </Dialog>
  );
}
