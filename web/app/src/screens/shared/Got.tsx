import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Accepted, Detail } from '../../api';
import { amount as written, before, t, when } from '../../i18n';
import { go, hrefOf } from '../../router';
import { isIncome } from '../../rows';
import { call } from '../../rpc';
import { home, profile } from '../../state';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Notes } from '../../ui/Notes';
import { Page } from '../../ui/Page';
import { Picture } from '../../ui/Picture';
import { useWakeLock } from '../../ui/wakelock';
import { Answer } from './Answer';
import * as carried from './carried';
import { Trouble } from './Trouble';
import { useLoaded } from '../../ui/useLoad';
import { Who } from './Who';
import './got.css';

/** A payment that has come, with the picture to show to the payer. From the journal, if the app was closed since. */
export function Got({ entry }: { entry: string }) {
  useWakeLock();
  const { value: detail, failure } = useLoaded(() => call('row', { hash: entry }), [entry]);
  const fresh = carried.accepted.value?.entry === entry ? carried.accepted.value : undefined;
  const atTill = !!profile.value?.till;
  const income = detail && isIncome(detail.row);
  useEffect(() => {
    if (income === false) go('receipt', entry, { replace: true }); // somebody's link: it is no money that has come
  }, [income]);
  const done = () => {
    carried.accepted.value = undefined;
    go(atTill ? 'till' : 'home', '', { replace: true });
  };
  return (
    <Page
      title={t('receive.title')}
      footer={
        <Button big onClick={done}>
          {t(atTill ? 'till.next' : 'do.done')}
        </Button>
      }
    >
      {income ? <Come detail={detail} fresh={fresh} /> : failure && <Trouble failure={failure} />}
    </Page>
  );
}

function Come({ detail, fresh }: { detail: Detail; fresh: Accepted | undefined }) {
  const { row } = detail;
  if (fresh?.refused || row.state === 'dishonoured') {
    return (
      <div class="notice bad" role="alert">
        <Icon name="warning" size={40} />
        <p>{t('receive.refused')}</p>
      </div>
    );
  }
  const { amount, asset, decimals } = row;
  const said = (
    <>
      <p>{t('receive.got', { amount: written(amount, asset, decimals) })}</p>
      {row.memo && <p>{t('pay.for', { memo: row.memo })}</p>}
    </>
  );
  return (
    <>
      {fresh && !fresh.again ? (
        <div class="notice good got" role="status">
          <Icon name="check" size={48} />
          <div>{said}</div>
        </div>
      ) : (
        <Before at={row.at}>{said}</Before>
      )}
      {row.other && <Who account={row.other} name={row.otherName} say={(name) => t('receive.gotFrom', { name })} />}
      {row.giveBack && <PaidTwice entry={row.hash} />}
      <div class="got-picture">
        <p>{t('receive.showPicture')}</p>
        <Picture n={detail.picture} size={176} />
        <p class="digits" aria-label={t('have.digits', { digits: detail.digits })}>
          {detail.digits}
        </p>
      </div>
      <Notes amount={amount} asset={asset} />
      {row.deadline > 0 && <p>{t('home.bringAll', { before: before(row.deadline, home.value?.time) })}</p>}
      <p class="soft">{row.depth === 0 ? t('trust.fromBank') : t('trust.depth', { n: row.depth })}</p>
      <Answer detail={detail} />
    </>
  );
}

/** It came earlier: whoever holds out a photograph of an old payment sees no tick, and hears no bell. */
function Before({ at, children }: { at: number; children: ComponentChildren }) {
  return (
    <div class="notice" role="alert">
      <Icon name="warning" size={48} />
      <div class="stack">
        <p class="got">{t('receive.again')}</p>
        {children}
        <p>{when(at, home.value?.time)}</p>
      </div>
    </div>
  );
}

function PaidTwice({ entry }: { entry: string }) {
  return (
    <div class="notice bad" role="alert">
      <Icon name="warning" />
      <div class="stack">
        <p>{t('receive.twice')}</p>
        <Button kind="plain" href={hrefOf('give-back', entry)}>
          {t('do.giveBack')}
        </Button>
      </div>
    </div>
  );
}
