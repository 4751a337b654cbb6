import { useEffect, useState } from 'preact/hooks';
import type { FunctionComponent } from 'preact';
import { t } from '../i18n';
import { Button } from './Button';
import { Icon } from './Icon';

interface Props {
  /** What the button says. */
  button: string;
  danger?: boolean;
  /** Gets the seed of the words, which is wiped when this has ended. */
  onSeed: (seed: Uint8Array) => unknown;
}

type Entry = FunctionComponent<{ onWords: (words: string[]) => unknown }>;

/** The 24 words, and then a button for what they are needed for. Nothing of them is kept. */
export function AskWords({ button, danger, onSeed }: Props) {
  const [words, setWords] = useState<string[] | undefined>(undefined);
  const [loaded, setLoaded] = useState<{ WordsEntry: Entry } | undefined>(undefined);
  useEffect(() => void import('../screens/shared/WordsEntry').then(setLoaded), []);
  const go = async () => {
    const { seedOf } = await import('../words24');
    const seed = await seedOf(words ?? []);
    try {
      await onSeed(seed);
    } finally {
      seed.fill(0);
      setWords(undefined);
    }
  };
  if (!loaded) return null;
  if (!words) {
    return (
      <div class="stack">
        <h2>{t('restore.type')}</h2>
        <loaded.WordsEntry onWords={setWords} />
      </div>
    );
  }
  return (
    <div class="stack">
      <p class="notice good">
        <Icon name="check" />
        <span>{t('restore.count', { n: words.length, all: words.length })}</span>
      </p>
      <Button kind={danger ? 'danger' : 'primary'} onClick={go}>
        {button}
      </Button>
    </div>
  );
}
