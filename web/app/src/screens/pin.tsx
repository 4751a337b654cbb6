import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { back, hrefOf } from '../router';
import { change, settings } from '../settings';
import { keep, phase, profile, profiles, setPin } from '../state';
import { AskPin } from '../ui/AskPin';
import { Button } from '../ui/Button';
import { Choice } from '../ui/Choice';
import { ask } from '../ui/Dialog';
import { Page } from '../ui/Page';
import { PinPad } from '../ui/PinPad';
import { say } from '../ui/Toast';

/** The PIN: asked for when Kula is locked, else set, changed and taken away. */
export default function Screen() {
  if (phase.value === 'pin') return <Locked />;
  return <Own />;
}

function Locked() {
  return (
    <Page
      title={profile.value?.name || t('pin.title')}
      footer={
        <>
          {profiles.value.length > 1 && (
            <Button kind="plain" icon="people" href={hrefOf('profiles')}>
              {t('profiles.title')}
            </Button>
          )}
          <Button kind="quiet" href={hrefOf('restore')}>
            {t('pin.forgot')}
          </Button>
        </>
      }
    >
      <AskPin />
    </Page>
  );
}

/** Who has a PIN types it before changing anything. */
function Own() {
  const [may, setMay] = useState(!profile.value?.pin);
  const [choosing, setChoosing] = useState(!profile.value?.pin);
  if (!may) {
    return (
      <Page title={t('pin.title')} back>
        <AskPin onRight={() => setMay(true)} />
      </Page>
    );
  }
  if (choosing) return <Choose onDone={() => setChoosing(false)} />;
  return <Change onChoose={() => setChoosing(true)} />;
}

function Choose({ onDone }: { onDone: () => void }) {
  const [first, setFirst] = useState('');
  const [differs, setDiffers] = useState(false);
  const typed = async (digits: string) => {
    setDiffers(first !== '' && digits !== first);
    if (digits !== first) return setFirst(first ? '' : digits);
    await setPin(digits);
    say(t('pin.set'));
    onDone();
    back();
  };
  return (
    <Page title={t('pin.title')} back>
      <p class="centre">{t(first ? 'pin.again' : 'pin.choose')}</p>
      {differs && (
        <p class="notice bad" role="alert">
          {t('pin.differs')}
        </p>
      )}
      <PinPad key={first} length={first.length} onDigits={typed} />
      <p class="soft">{t('pin.off')}</p>
    </Page>
  );
}

function Change({ onChoose }: { onChoose: () => void }) {
  const takeAway = async () => {
    if (!(await ask({ title: t('pin.off'), yes: t('settings.off'), danger: true }))) return;
    await keep({ pin: undefined });
    back();
  };
  return (
    <Page title={t('pin.title')} back>
      <p class="notice good">{t('pin.set')}</p>
      <LockAfter />
      <Button kind="plain" icon="lock" onClick={onChoose}>
        {t('do.change')}
      </Button>
      <Button kind="quiet" onClick={takeAway}>
        {`${t('settings.pin')}: ${t('settings.off')}`}
      </Button>
    </Page>
  );
}

const minutes = [1, 5, 15, 60, 0];

function LockAfter() {
  return (
    <Choice
      name="lock-after"
      legend={t('pin.lockAfter')}
      chosen={String(settings.value.lockAfter)}
      onChoose={(n) => change({ lockAfter: Number(n) })}
      options={minutes.map((n) => [String(n), n ? t('pin.minutes', { n }) : t('pin.atStart')])}
    />
  );
}
