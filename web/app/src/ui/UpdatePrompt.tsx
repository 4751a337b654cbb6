import { signal } from '@preact/signals';
import { t } from '../i18n';
import { paying } from '../state';
import { update, updateReady } from '../update';
import { Button } from './Button';

/** Not asked again until the app is next opened. */
const later = signal(false);

/** A new version waits until the person wants it, and is not even spoken of while a payment is open. */
export function UpdatePrompt() {
  if (!updateReady.value || later.value || paying.value) return null;
  return (
    <div class="prompt" role="region" aria-label={t('update.ready')}>
      <p>
        {t('update.ready')} {t('update.when')}
      </p>
      <div class="row">
        <Button kind="quiet" onClick={() => (later.value = true)}>
          {t('do.later')}
        </Button>
        <Button onClick={update}>{t('do.update')}</Button>
      </div>
    </div>
  );
}
