import { t } from '../i18n';
import { Page } from '../ui/Page';
import { ClockQuestion } from './shared/Clock';
import { Scanner } from './shared/Scanner';

/** Takes anything: a payment, a request to pay, an answer, a bank, news. */
export default function Scan() {
  return (
    <Page title={t('scan.title')} back>
      <Scanner />
      <ClockQuestion />
    </Page>
  );
}
