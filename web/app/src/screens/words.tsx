import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { go } from '../router';
import { Button } from '../ui/Button';
import { failure as lowNotes, seen } from '../ui/feedback';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { useLoaded } from '../ui/useLoad';
import { ownAccount } from './shared/account';
import './words.css';

type Step = 'why' | 'shown' | 'check';

const asked = 3; // words that must be found again on the paper
const offered = 6;

/** The 24 words: why, then the words, then some of them from the paper. */
export default function Words() {
  const [step, setStep] = useState<Step>('why');
  const { value: words } = useLoaded(async () => (await import('../words24')).newWords(), []);
  if (step === 'why' || !words) {
    return (
      <Page
        title={t('words.title')}
        back
        footer={
          <Button big disabled={!words} onClick={() => setStep('shown')}>
            {t('do.showWords')}
          </Button>
        }
      >
        <p>{t('words.why')}</p>
        <p>{t('words.paper')}</p>
        <div class="notice">
          <Icon name="warning" />
          <p>{t('words.secret')}</p>
        </div>
      </Page>
    );
  }
  if (step === 'shown') return <Shown words={words} onBack={() => setStep('why')} onNext={() => setStep('check')} />;
  return <Check words={words} onBack={() => setStep('shown')} />;
}

function Shown({ words, onBack, onNext }: { words: string[]; onBack: () => void; onNext: () => void }) {
  return (
    <Page title={t('words.title')} back={onBack} footer={<Button onClick={onNext}>{t('do.wroteDown')}</Button>}>
      <p>{t('words.paper')}</p>
      <ol class="words">
        {words.map((word, i) => (
          <li key={i}>
            <span class="soft">{i + 1}</span> <b translate={false}>{word}</b>
          </li>
        ))}
      </ol>
    </Page>
  );
}

function below(n: number): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % n;
}

function shuffled<T>(list: readonly T[]): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Tapped, not typed: who knows the letters of the paper needs no keyboard. */
function Check({ words, onBack }: { words: string[]; onBack: () => void }) {
  const [places] = useState(() => shuffled(words.map((_, i) => i)).slice(0, asked));
  const [done, setDone] = useState(0);
  const [wrong, setWrong] = useState(0);
  const [choices, setChoices] = useState<string[]>([]);
  const place = places[Math.min(done, asked - 1)]!;
  useEffect(() => {
    const right = words[place]!;
    const others = shuffled([...new Set(words)].filter((word) => word !== right));
    setChoices(shuffled([right, ...others.slice(0, offered - 1)]));
  }, [done, wrong]);
  const tap = async (word: string) => {
    if (word !== words[place]) {
      lowNotes();
      setWrong(wrong + 1);
      return;
    }
    seen();
    if (done + 1 < asked) {
      setWrong(0);
      setDone(done + 1);
      return;
    }
    await ownAccount(words);
    go('bank', '', { replace: true });
  };
  return (
    <Page title={t('words.title')} back={onBack}>
      <p class="question" aria-live="polite">
        {t('words.check', { n: place + 1 })}
      </p>
      {wrong > 0 && (
        <div class="notice bad" role="alert" key={wrong}>
          <Icon name="warning" />
          <p>{t('words.wrong')}</p>
        </div>
      )}
      <div class="word-choices">
        {choices.map((word) => (
          <Button key={word} kind="plain" onClick={() => tap(word)}>
            {word}
          </Button>
        ))}
      </div>
      <p class="soft">{t('aria.progress', { n: done + 1, all: asked })}</p>
    </Page>
  );
}
