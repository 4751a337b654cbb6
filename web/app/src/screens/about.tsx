import type { Bank } from '../api';
import { date, t } from '../i18n';
import { home } from '../state';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { keepStorage } from '../update';
import { useLoad } from '../ui/useLoad';
import { Install } from './shared/Install';
import './about.css';
import { originOf } from '../origin';
import { version as installedVersion } from '../update';

/** What Kula is, whether this page is the bank's, and what to name when speaking with the bank. */
export default function Screen() {
  const version = useLoad(installedVersion, []);
  return (
    <Page title={t('about.title')} back>
      <p>{t('about.what')}</p>
      {version && <p>{t('about.version', { version })}</p>}
      <Genuine />
      <Storage />
      <Install />
      {home.value?.banks.map((bank) => (
        <BankCard key={bank.anchor} bank={bank} />
      ))}
      <section>
        <h2>{t('about.licence')}</h2>
        <p lang="en">Apache License 2.0 — https://www.apache.org/licenses/LICENSE-2.0</p>
      </section>
    </Page>
  );
}

/** Only an eye can tell that this page is the bank's: it compares the address with the bank's paper. */
function Genuine() {
  const banks = home.value?.banks ?? [];
  const bank = banks.find(({ endpoint }) => originOf(endpoint) === originOf(location.origin));
  return (
    <section class="card">
      <h2>{t('about.isGenuine')}</h2>
      {banks.length > 0 && (
        <p class={bank ? 'notice good' : 'notice bad'}>
          <Icon name={bank ? 'check' : 'warning'} />
          <span>{bank ? t('about.genuine', { bank: bank.name }) : t('warning.bankPage')}</span>
        </p>
      )}
      <p>{t('about.compare', { host: location.host })}</p>
      <p class="address">{location.origin}</p>
    </section>
  );
}

/** Whether the browser promises to keep the journal when the phone is full, and what if it did not. */
function Storage() {
  const kept = useLoad(keepStorage, []);
  if (kept === undefined) return null;
  return (
    <section class="card">
      <p class="row">
        <Icon name={kept ? 'check' : 'warning'} />
        <span class="lines">{t(kept ? 'about.storage' : 'about.storageWeak')}</span>
      </p>
      <details>
        <summary>{t('storage.title')}</summary>
        <p>{t('storage.why')}</p>
      </details>
    </section>
  );
}

function BankCard({ bank }: { bank: Bank }) {
  const purses = home.value?.purses.filter(({ anchor }) => anchor === bank.anchor) ?? [];
  return (
    <section class="card">
      <h2>{bank.name}</h2>
      <p class="soft">{t('bank.newsAt', { date: bank.newsAt ? date(bank.newsAt) : t('when.never') })}</p>
      <p class="detail">{bank.anchor}</p>
      <p class="detail">{bank.endpoint}</p>
      {purses.map((purse) => (
        <div key={purse.id}>
          <h3>
            {t('about.purse', { bank: bank.name })} ({purse.asset})
          </h3>
          <p class="detail">{purse.id}</p>
        </div>
      ))}
    </section>
  );
}
