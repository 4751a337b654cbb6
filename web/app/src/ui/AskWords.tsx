import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Wrong } from '../words24';
import { Button } from './Button';
import './ask-words.css';

interface Props {
  /** What the button says. */
  button: string;
  danger?: boolean;
  /** Gets the seed of the words, which is wiped when this has ended. */
  onSeed: (seed: Uint8Array) => unknown;
}

const count = 24;

/** The 24 words, typed: suggestions to tap, what is wrong with them in plain words, and nothing of them kept. */
export function AskWords({ button, danger, onSeed }: Props) {
  const name = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [offered, setOffered] = useState<string[]>([]);
  const [wrong, setWrong] = useState('');
  const n = text.split(/[^a-zA-Z]+/).filter(Boolean).length;

  const typed = async (now: string) => {
    setText(now);
    setWrong('');
    const { suggestions } = await import('../words24');
    const last = /[a-zA-Z]+$/.exec(now)?.[0] ?? '';
    setOffered(suggestions(last).filter((word) => word !== last.toLowerCase()));
  };
  const take = (word: string) => {
    void typed(text.replace(/[a-zA-Z]+$/, '') + word + ' ');
    box.current?.focus();
  };
  const submit = async () => {
    const { seedOf, whatIsWrong, wordsOf } = await import('../words24');
    const words = wordsOf(text);
    const found = whatIsWrong(words);
    setWrong(found ? wrongText(found) : '');
    if (found) return box.current?.focus();
    const seed = await seedOf(words);
    try {
      await onSeed(seed);
      setText('');
    } finally {
      seed.fill(0);
    }
  };
  return (
    <div class="stack">
      <div class="field">
        <label for={name}>{t('restore.type')}</label>
        <textarea
          id={name}
          ref={box}
          rows={6}
          value={text}
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          aria-describedby={`${name}-count`}
          onInput={(event) => void typed(event.currentTarget.value)}
        />
        <p id={`${name}-count`} class="soft">
          {t('restore.count', { n, all: count })}
        </p>
      </div>
      {offered.length > 0 && (
        <div class="offered">
          {offered.map((word) => (
            <button key={word} type="button" lang="en" onClick={() => take(word)}>
              {word}
            </button>
          ))}
        </div>
      )}
      {wrong && (
        <p class="notice bad" role="alert">
          {wrong}
        </p>
      )}
      <Button kind={danger ? 'danger' : 'primary'} disabled={n === 0} onClick={submit}>
        {button}
      </Button>
    </div>
  );
}

function wrongText(wrong: Wrong): string {
  if ('unknown' in wrong) return t('restore.unknown', { n: wrong.unknown });
  if ('count' in wrong) return t('restore.count', { n: wrong.count, all: count });
  return t('restore.notWhole');
}
