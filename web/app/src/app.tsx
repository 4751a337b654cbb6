import { useEffect, useState } from 'preact/hooks';
import { screenFor } from './guard';
import { errorText, t } from './i18n';
import { loadScreen, loadedScreen, place } from './router';
import type { Name, ScreenProps } from './router';
import { lockWhenLeft } from './leaving';
import { begin, failure, paying, phase, profile, profiles, takeOver } from './state';
import { Button } from './ui/Button';
import { Dialogs } from './ui/Dialog';
import { Page } from './ui/Page';

export function App() {
  useEffect(lockWhenLeft, []);
  const name = screenFor(phase.value, place.value.name, profiles.value.length > 0, !!profile.value?.till);
  return (
    <>
      {name ? <Screen key={name + place.value.param} name={name} /> : <Shell />}
      <Dialogs />
    </>
  );
}

function Screen({ name }: { name: Name }) {
  const [screen, setScreen] = useState(() => ({ Loaded: loadedScreen(name) }));
  useEffect(() => {
    if (!screen.Loaded) void loadScreen(name).then((Loaded) => setScreen({ Loaded }), brokenLink);
  }, [name]);
  const { Loaded } = screen;
  if (!Loaded) return <Waiting />;
  const here = place.value;
  const props: ScreenProps =
    here.name === name ? { param: here.param, query: here.query } : { param: '', query: new URLSearchParams() };
  return <Loaded {...props} />;
}

/** A file of this version is gone: the app was updated from another tab. It starts anew. */
function brokenLink(): void {
  if (!paying.value) location.reload();
}

/** What is shown when no screen can be. */
function Shell() {
  if (phase.value === 'elsewhere') {
    return (
      <Page title={t('tabs.title')} footer={<Button onClick={takeOver}>{t('do.openHere')}</Button>}>
        <p>{t('tabs.why')}</p>
      </Page>
    );
  }
  if (phase.value === 'broken' && failure.value) {
    return (
      <Page title={t('app.name')} footer={<Button onClick={begin}>{t('do.tryAgain')}</Button>}>
        <p role="alert">{errorText(failure.value)}</p>
        <p class="detail">{failure.value.detail || failure.value.code}</p>
      </Page>
    );
  }
  return <Waiting />;
}

function Waiting() {
  return (
    <div class="waiting" role="status">
      <span class="sr">{t('app.loading')}</span>
    </div>
  );
}
