import { useEffect } from 'preact/hooks';
import { amount as written, t } from '../i18n';
import { useKnown } from '../known';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { call } from '../rpc';
import { payment } from '../state';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { Code } from './shared/Code';
import { Trouble } from './shared/Trouble';
import { useLoaded } from '../ui/useLoad';
import './show.css';

/** A payment that was made, for the other phone to scan; opened again it shows the same one, as often as it takes. */
export default function Show({ param: entry }: ScreenProps) {
  useEffect(payment, []);
  const known = useKnown();
  const { value, failure } = useLoaded(
    () => Promise.all([call('again', { entry }), call('row', { hash: entry })]),
    [entry],
  );
  const home = () => go('home', '', { replace: true });
  if (!value) {
    return (
      <Page title={t('show.title')} back={home}>
        {failure ? <Trouble failure={failure} /> : <p role="status">{t('app.loading')}</p>}
      </Page>
    );
  }
  const [paid, { row }] = value;
  const sum = written(paid.amount, paid.asset, paid.decimals);
  /** It was on the screen: whether they have got it, only their phone can tell. */
  const shown = () => void call('handed', { entry }).catch(() => undefined);
  return (
    <Page
      title={t('show.title')}
      back={home}
      footer={
        paid.complete && (
          <div class="two">
            <Button kind="plain" href={hrefOf('home')}>
              {t('do.notYet')}
            </Button>
            <Button href={hrefOf('they-have-it', entry)}>{t('do.theyHaveIt')}</Button>
          </div>
        )
      }
    >
      <div class="notice show-state">
        <Icon name="pay" />
        <div>
          <p>
            <b>{sum}</b>
            {row.other && ` · ${known.nameOf(row.other, row.otherName)}`}
          </p>
          <p>{paid.complete ? t('pay.written') : t('pay.cosign')}</p>
        </div>
      </div>
      <Code bytes={paid.bytes} file={`kula-${paid.digits}.kula`} onShown={shown} />
    </Page>
  );
}
