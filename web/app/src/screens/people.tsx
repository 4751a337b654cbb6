import { useState } from 'preact/hooks';
import type { Person } from '../api';
import { keepFace, takePhoto, type Face as Kept } from '../faces';
import { t, when } from '../i18n';
import { useKnown, type Known } from '../known';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { profile } from '../state';
import { Button } from '../ui/Button';
import { Face } from '../ui/Face';
import { Page } from '../ui/Page';
import { say } from '../ui/Toast';
import './people.css';

/** Whom I paid and who paid me; `param`: one of them. */
export default function Screen({ param }: ScreenProps) {
  const [changes, setChanges] = useState(0);
  const known = useKnown(changes);
  const one = known.people.find(({ account }) => account === param);
  if (one) return <One person={one} known={known} onChange={() => setChanges(changes + 1)} />;
  return (
    <Page title={t('people.title')} back>
      {known.people.length === 0 && <p>{t('people.empty')}</p>}
      <ul class="rows">
        {known.people.map((person) => (
          <li key={person.account}>
            <a href={hrefOf('people', person.account)}>
              <Face name={known.nameOf(person.account)} photo={known.faceOf(person.account)?.photo} size={56} />
              <span class="lines">
                <b>{known.nameOf(person.account)}</b>
                <span class="soft">{t('people.last', { date: when(person.last) })}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

interface OneProps {
  person: Person;
  known: Known;
  onChange: () => void;
}

function One({ person: { account, name: bankName, last, times }, known, onChange }: OneProps) {
  const kept = known.faceOf(account) ?? { account };
  const name = known.nameOf(account);
  const keep = async (face: Kept) => {
    await keepFace(profile.value?.id ?? '', face);
    onChange();
  };
  const photograph = async () => {
    const photo = await takePhoto();
    if (photo) await keep({ ...kept, photo });
  };
  return (
    <Page
      title={name}
      back
      footer={
        <Button icon="pay" onClick={() => go('scan')}>
          {t('do.pay')}
        </Button>
      }
    >
      <section class="card person">
        <Face name={name} photo={kept.photo} size={120} />
        {bankName && bankName !== name && <p>{bankName}</p>}
        <p class="soft">{t('people.times', { n: times })}</p>
        <p class="soft">{t('people.last', { date: when(last) })}</p>
      </section>
      <p>{t('people.ask', { name })}</p>
      <Button kind="plain" icon="history" href={hrefOf('history', account)}>
        {t('history.title')}
      </Button>
      <OwnName key={account} kept={kept} onKeep={keep} />
      <Button kind="plain" icon="people" onClick={photograph}>
        {t('do.photo')}
      </Button>
      {kept.photo && (
        <Button kind="quiet" onClick={() => keep({ ...kept, photo: undefined })}>
          {t('do.removePhoto')}
        </Button>
      )}
      <p class="soft">{t('people.photoStays')}</p>
    </Page>
  );
}

function OwnName({ kept, onKeep }: { kept: Kept; onKeep: (face: Kept) => Promise<void> }) {
  const [name, setName] = useState(kept.name ?? '');
  const keep = async () => {
    await onKeep({ ...kept, name: name.trim() });
    say(t('do.done'));
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <div class="field">
        <label for="own-name">{t('people.ownName')}</label>
        <input id="own-name" value={name} maxLength={40} onInput={(event) => setName(event.currentTarget.value)} />
      </div>
      {name.trim() !== (kept.name ?? '') && <Button type="submit">{t('do.save')}</Button>}
    </form>
  );
}
