import { catalogue, number, t } from '../i18n';
import type { Key } from '../i18n';
import { hrefOf, type Name } from '../router';
import { change, settings, type Settings } from '../settings';
import { phase, profile } from '../state';
import { success } from '../ui/feedback';
import { Icon, type IconName } from '../ui/Icon';
import { Page } from '../ui/Page';
import './settings.css';

/** How this phone shows things, and the way to all that is set elsewhere. */
export default function Screen() {
  const { sound, pictures } = settings.value;
  return (
    <Page title={t('settings.title')} back>
      <ul class="rows">
        <Link to="language" icon="help" text={t('settings.language')} value={catalogue.value.name} />
      </ul>
      <Sizes />
      <Themes />
      <div>
        <Switch
          text={t('settings.sound')}
          on={sound}
          onChange={(on) => {
            change({ sound: on, vibration: on });
            success();
          }}
        />
        <Switch text={t('settings.notes')} on={pictures} onChange={(on) => change({ pictures: on })} />
      </div>
      <Links />
    </Page>
  );
}

function Links() {
  const inside = phase.value === 'ready';
  return (
    <ul class="rows">
      {profile.value && (
        <Link
          to="pin"
          icon="lock"
          text={t('settings.pin')}
          value={t(profile.value.pin ? 'settings.on' : 'settings.off')}
        />
      )}
      {inside && <Link to="backup" icon="file" text={t('settings.backup')} />}
      {inside && <Link to="profiles" icon="people" text={t('profiles.title')} value={profile.value?.name} />}
      {inside && <Link to="till" icon="shop" text={t('till.title')} />}
      {inside && <Link to="lost" icon="warning" text={t('lost.title')} />}
      {inside && <Link to="wrong" icon="help" text={t('wrong.title')} />}
      <Link to="about" icon="bank" text={t('settings.about')} />
    </ul>
  );
}

function Link({ to, icon, text, value }: { to: Name; icon: IconName; text: string; value?: string }) {
  return (
    <li>
      <a href={hrefOf(to)}>
        <Icon name={icon} />
        <span class="links-text">
          <b>{text}</b>
          {value && <span class="soft">{value}</span>}
        </span>
        <Icon name="next" />
      </a>
    </li>
  );
}

const sizes: Settings['size'][] = [100, 125, 150, 200];

function Sizes() {
  return (
    <fieldset>
      <legend>{t('settings.textSize')}</legend>
      <div class="sizes">
        {sizes.map((size) => (
          <label key={size}>
            <span aria-hidden="true" style={{ fontSize: `${size * 0.2}px` }}>
              Aa
            </span>
            <span>{`${number(size)}\u00a0%`}</span>
            <input type="radio" name="size" checked={settings.value.size === size} onChange={() => change({ size })} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const themes = {
  auto: 'settings.asPhone',
  light: 'settings.light',
  dark: 'settings.dark',
  contrast: 'settings.contrast',
} as const satisfies Record<Settings['theme'], Key>;

function Themes() {
  return (
    <fieldset>
      <legend>{t('settings.theme')}</legend>
      {(Object.keys(themes) as Settings['theme'][]).map((theme) => (
        <label key={theme} class="choice">
          <input
            type="radio"
            name="theme"
            checked={settings.value.theme === theme}
            onChange={() => change({ theme })}
          />
          {t(themes[theme])}
        </label>
      ))}
    </fieldset>
  );
}

function Switch({ text, on, onChange }: { text: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="switch">
      {text}
      <input type="checkbox" role="switch" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
    </label>
  );
}
