import { t } from '../../i18n';
import { Button } from '../../ui/Button';
import { installPrompt } from '../../update';

/** How Kula gets onto the phone's home screen, where the browser keeps its memory best; not where it is there already. */
export function Install() {
  if (matchMedia('(display-mode: standalone)').matches) return null;
  const asks = installPrompt.value;
  const install = async () => {
    await asks?.prompt();
    installPrompt.value = undefined; // it asks once
  };
  return (
    <section class="card">
      <h2>{t('install.title')}</h2>
      <p>{t('install.why')}</p>
      {asks ? (
        <Button kind="plain" onClick={install}>
          {t('do.install')}
        </Button>
      ) : (
        <p>{t('install.how')}</p>
      )}
    </section>
  );
}
