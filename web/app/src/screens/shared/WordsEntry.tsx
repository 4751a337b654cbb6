import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import * as words24 from '../../words24';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { fail } from '../../ui/Toast';
import '../words.css';

interface Props {
  /** Called with 24 words that fit together. What it throws is told. */
  onWords: (words: string[]) => unknown;
}

/** 24 words, one after the other: four letters, then a tap. All of them can be pasted too. */
export function WordsEntry({ onWords }: Props) {
  const [words, setWords] = useState<string[]>([]);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState('');
  const [mending, setMending] = useState<number | undefined>(undefined);
  const all = words24.wordCount;
  const place = mending ?? words.length;

  const take = async (more: string[]) => {
    const now = [...words.slice(0, place), ...more, ...words.slice(place + more.length)].slice(0, all);
    setWords(now);
    setTyped('');
    setMending(undefined);
    const what = words24.whatIsWrong(now);
    setWrong(what ? sentence(what, now.length) : '');
    if (!what) await onWords(now);
  };
  const onInput = (text: string) => {
    const parts = words24.wordsOf(text);
    if (parts.length > 1 || (parts.length === 1 && /\s$/.test(text))) void take(parts).catch(fail);
    else setTyped(text.toLowerCase());
  };
  const start = words24.wordsOf(typed)[0] ?? '';
  const offered = words24.suggestions(start);
  return (
    <div class="stack">
      <ol class="typed-words">
        {words.map((word, i) => (
          <li key={i}>
            <button type="button" class="typed-word" aria-pressed={mending === i} onClick={() => setMending(i)}>
              <span class="soft">{i + 1}</span> {word}
            </button>
          </li>
        ))}
      </ol>
      {wrong && (
        <div class="notice bad" role="alert">
          <Icon name="warning" />
          <p>{wrong}</p>
        </div>
      )}
      {place < all && (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            const word = offered.length === 1 ? offered[0]! : start;
            if (word) void take([word]).catch(fail);
          }}
        >
          <label>
            {t('words.number', { n: place + 1 })}
            <input
              value={typed}
              autocapitalize="none"
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => onInput(event.currentTarget.value)}
            />
          </label>
          <div class="suggested">
            {offered.map((word) => (
              <Button key={word} kind="plain" onClick={() => take([word])}>
                {word}
              </Button>
            ))}
          </div>
        </form>
      )}
      <div class="row">
        <p class="soft" aria-live="polite">
          {t('restore.count', { n: words.length, all })}
        </p>
        {words.length > 0 && (
          <Button
            kind="quiet"
            icon="delete"
            label={t('keypad.delete')}
            onClick={() => {
              setWords(words.slice(0, -1));
              setMending(undefined);
              setWrong('');
            }}
          />
        )}
      </div>
    </div>
  );
}

/** Nothing is said of words that are only too few yet. */
function sentence(wrong: words24.Wrong, count: number): string {
  if ('unknown' in wrong) return t('restore.unknown', { n: wrong.unknown });
  return 'sum' in wrong && count === words24.wordCount ? t('restore.notWhole') : '';
}
