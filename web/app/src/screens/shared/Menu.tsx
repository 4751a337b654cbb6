import { t } from '../../i18n';
import type { Key } from '../../i18n';
import { hrefOf } from '../../router';
import type { Name } from '../../router';
import { lock, profile } from '../../state';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import type { IconName } from '../../ui/Icon';

const places: readonly [Name, Key & `${string}.title`, IconName][] = [
  ['scan', 'scan.title', 'scan'],
  ['history', 'history.title', 'history'],
  ['people', 'people.title', 'people'],
  ['sync', 'sync.title', 'sync'],
  ['give-back', 'giveBack.title', 'receive'],
  ['wrong', 'wrong.title', 'help'],
  ['till', 'till.title', 'shop'],
  ['profiles', 'profiles.title', 'people'],
  ['bank', 'bank.title', 'bank'],
  ['lost', 'lost.title', 'warning'],
  ['settings', 'settings.title', 'settings'],
];

/** Everything that is not done every day. */
export function Menu({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title={t('home.menu')}
      onClose={onClose}
      footer={
        <>
          {profile.value?.pin && (
            <Button kind="plain" icon="lock" onClick={lock}>
              {t('do.lock')}
            </Button>
          )}
          <Button kind="plain" onClick={onClose}>
            {t('do.close')}
          </Button>
        </>
      }
    >
      <ul class="rows">
        {places.map(([name, title, icon]) => (
          <li key={name}>
            <a href={hrefOf(name)} class="menu-place">
              <Icon name={icon} />
              <span class="grow">{t(title as 'scan.title')}</span>
            </a>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
