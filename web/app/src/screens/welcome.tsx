import { t } from '../i18n';
import { go, hrefOf } from '../router';
import { phase, profile } from '../state';
import { Button } from '../ui/Button';
import { Page } from '../ui/Page';
import { Picture } from '../ui/Picture';
import './welcome.css';

const canoe = 1; // a picture that everybody knows, before anybody reads

/** The first screen. Who has got their words and was stopped there goes on with the bank. */
export default function Welcome() {
  const begun = phase.value === 'new' && !!profile.value?.account;
  return (
    <Page
      title={t('welcome.title')}
      action={
        <Button kind="quiet" href={hrefOf('language')}>
          {t('settings.language')}
        </Button>
      }
      footer={
        begun ? (
          <Button big icon="bank" onClick={() => go('bank')}>
            {t('bank.title')}
          </Button>
        ) : (
          <>
            <Button big href={hrefOf('words')}>
              {t('do.new')}
            </Button>
            <Button kind="plain" href={hrefOf('restore')}>
              {t('do.haveWords')}
            </Button>
          </>
        )
      }
    >
      <div class="welcome-picture" aria-hidden="true">
        <Picture n={canoe} size={140} silent />
      </div>
      <p>{t('welcome.what')}</p>
      <p>{t('welcome.how')}</p>
      <p>{t(begun ? 'bank.none' : 'welcome.ask')}</p>
    </Page>
  );
}
