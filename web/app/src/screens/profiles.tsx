import { useState } from 'preact/hooks';
import { takePhoto } from '../faces';
import { amount, t } from '../i18n';
import { go, hrefOf } from '../router';
import { addPerson, choose, forgetPerson, home, keep, lock, phase, profile, profiles, type Profile } from '../state';
import { Button } from '../ui/Button';
import { ask } from '../ui/Dialog';
import { Face } from '../ui/Face';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { some } from './shared/purses';

/** Who uses this phone: chosen, added, and (once let in) changed and forgotten. Nobody sees another one's money. */
export default function Screen() {
  const inside = phase.value === 'ready' || phase.value === 'new';
  const take = async (one: Profile) => {
    if (!inside || one.id !== profile.value?.id) await choose(one);
    go('home', '', { replace: true });
  };
  return (
    <Page title={t('profiles.title')} back={inside}>
      {profiles.value.length < 2 && <p>{t('profiles.why')}</p>}
      <ul class="rows">
        {profiles.value.map((one) => (
          <li key={one.id}>
            <Choice one={one} here={inside && one.id === profile.value?.id} onTake={take} />
          </li>
        ))}
      </ul>
      {inside && profile.value && <Myself one={profile.value} />}
      <Add />
    </Page>
  );
}

interface ChoiceProps {
  one: Profile;
  here: boolean;
  onTake: (one: Profile) => Promise<void>;
}

function Choice({ one, here, onTake }: ChoiceProps) {
  return (
    <button type="button" aria-current={here} onClick={() => void onTake(one)}>
      <Face name={one.name} photo={one.photo} size={56} />
      <b class="lines">{here ? t('profiles.current', { name: one.name }) : one.name}</b>
      {one.pin && !here && <Icon name="lock" />}
      {here && <Icon name="check" />}
    </button>
  );
}

/** What only this phone holds: it is in no bank, and the 24 words do not bring it back. */
const unbanked = (): string[] =>
  (home.value?.purses ?? [])
    .filter(({ received }) => some(received))
    .map(({ received, asset, decimals }) => t('profiles.forgetHere', { amount: amount(received, asset, decimals) }));

function Myself({ one }: { one: Profile }) {
  const photograph = async () => {
    const photo = await takePhoto();
    if (photo) await keep({ photo });
  };
  const forget = async () => {
    const title = t('do.forget');
    const text = [...unbanked(), t('profiles.forgetAsk', { name: one.name })].join(' ');
    if (await ask({ title, text, yes: title, danger: true })) await forgetPerson();
  };
  const lockNow = () => {
    lock();
    go('home', '', { replace: true });
  };
  return (
    <section class="card">
      <h2>{one.name}</h2>
      <Button kind="plain" icon="people" onClick={photograph}>
        {t('do.photo')}
      </Button>
      {one.photo && (
        <Button kind="quiet" onClick={() => keep({ photo: undefined })}>
          {t('do.removePhoto')}
        </Button>
      )}
      {one.pin ? (
        <Button kind="plain" icon="lock" onClick={lockNow}>
          {t('do.lock')}
        </Button>
      ) : (
        <Button kind="plain" icon="lock" href={hrefOf('pin')}>
          {t('pin.title')}
        </Button>
      )}
      <Button kind="quiet" onClick={forget}>
        {t('do.forget')}
      </Button>
    </section>
  );
}

function Add() {
  const [adding, setAdding] = useState(profiles.value.length === 0);
  const [name, setName] = useState('');
  const add = async () => {
    if (!name.trim()) return;
    await addPerson(name.trim());
    go('welcome', '', { replace: true });
  };
  if (!adding) {
    return (
      <Button kind="plain" icon="people" onClick={() => setAdding(true)}>
        {t('do.addPerson')}
      </Button>
    );
  }
  return (
    <section class="stack">
      <div class="field">
        <label for="new-person">{t('profiles.new')}</label>
        <input
          id="new-person"
          autocomplete="off"
          maxLength={40}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <Button disabled={!name.trim()} onClick={add}>
        {t('do.next')}
      </Button>
    </section>
  );
}
