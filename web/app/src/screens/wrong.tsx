import type { ComponentChildren } from 'preact';
import type { About, Case, Row } from '../api';
import { share } from '../files';
import { t, when } from '../i18n';
import { useKnown, type Known } from '../known';
import { hrefOf, type ScreenProps } from '../router';
import { call } from '../rpc';
import { home } from '../state';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { RowLine } from '../ui/RowLine';
import { TellBank } from '../ui/TellBank';
import { useLoad } from '../ui/useLoad';
import './wrong.css';

/** How many payments are offered as mistakes: the last ones. */
const lately = 5;

/** What can be wrong, in the words of whom it happens to, and what to do about each. */
export default function Screen({ param }: ScreenProps) {
  const known = useKnown();
  const history = useLoad(() => call('history', { limit: 1_000 }), [home.value]);
  const refused = history?.rows.filter(({ act, state }) => act === 'received' && state === 'dishonoured') ?? [];
  const paid = history?.rows.filter(({ act }) => act === 'paid') ?? [];
  const alarmed = home.value?.warnings.some(({ code }) => code === 'own_purse') ?? false;
  return (
    <Page title={t('wrong.title')} back>
      <h2>{t('wrong.ask')}</h2>
      <div class="wrongs">
        <Way title={t('wrong.notArrived')} open={param === 'not-arrived'}>
          <p>{t('wrong.notArrivedHelp')}</p>
          <Lines rows={home.value?.undelivered ?? []} known={known} about="undelivered" />
        </Way>
        <Way title={t('wrong.refused')} open={param === 'refused'}>
          <p>{t('reason.whatNow')}</p>
          <Lines rows={refused} known={known} about="refused" />
        </Way>
        <Way title={t('wrong.twice')} open={param === 'twice'}>
          <Cases known={known} rows={history?.rows ?? []} />
        </Way>
        <Way title={t('wrong.mistake')} open={param === 'mistake'}>
          <p>{t('wrong.mistakeHelp')}</p>
          <Lines rows={paid.slice(0, lately)} known={known} about="mistake" />
          <Button kind="plain" icon="history" href={hrefOf('history')}>
            {t('history.title')}
          </Button>
        </Way>
        <Way title={t('wrong.strange')} open={alarmed || param === 'strange'}>
          <p class={alarmed ? 'notice bad' : ''}>{alarmed ? t('warning.ownPurse') : t('wrong.goToBank')}</p>
          <Button kind="plain" icon="warning" href={hrefOf('lost')}>
            {t('do.stopPhone')}
          </Button>
        </Way>
        <Way title={t('do.lostPhone')} open={false}>
          <p>{t('lost.why')}</p>
          <Button kind="plain" icon="warning" href={hrefOf('lost')}>
            {t('lost.title')}
          </Button>
        </Way>
      </div>
    </Page>
  );
}

function Way({ title, open, children }: { title: string; open: boolean; children: ComponentChildren }) {
  return (
    <details open={open}>
      <summary>{title}</summary>
      <div class="stack">{children}</div>
    </details>
  );
}

interface LinesProps {
  rows: Row[];
  known: Known;
  /** What the bank can be told of each. */
  about?: About;
}

function Lines({ rows, known, about }: LinesProps) {
  if (rows.length === 0) return <p class="soft">{t('history.empty')}</p>;
  return (
    <ul class="rows">
      {rows.map((row) => (
        <li key={row.hash}>
          <RowLine row={row} known={known} />
          {about && <TellBank subject={row.hash} about={about} />}
        </li>
      ))}
    </ul>
  );
}

/** Purses that have contradicted themselves, and the file that proves it to anybody. */
function Cases({ known, rows }: { known: Known; rows: Row[] }) {
  const evidence = useLoad(() => call('evidence', {}), [home.value]);
  if (!evidence) return null;
  if (evidence.count === 0) return <p>{t('wrong.noProof')}</p>;
  const make = () =>
    share(evidence.bytes, `kula-proof-${referenceOf(evidence.cases[0].proof)}.kula`, t('receipt.proof'));
  return (
    <>
      <p>{t('wrong.cases', { n: evidence.count })}</p>
      <ul class="stack">
        {evidence.cases.map((one) => (
          <li key={one.proof} class="card">
            <CaseWords one={one} known={known} rows={rows.filter(({ hash }) => one.received.includes(hash))} />
          </li>
        ))}
      </ul>
      <p>{t('wrong.holds')}</p>
      <p>{t('wrong.proofHow')}</p>
      <p>{t('wrong.reference')}</p>
      <Button icon="share" onClick={make}>
        {t('do.makeProof')}
      </Button>
    </>
  );
}

/** By which the person and the bank's officer mean the same case: how its proof begins. */
const referenceOf = (proof: string): string =>
  proof
    .slice(0, 8)
    .toUpperCase()
    .replace(/(.{4})/, '$1-');

interface CaseProps {
  one: Case;
  known: Known;
  rows: Row[]; // what that purse has paid here
}

function CaseWords({ one: { proof, account, at, atBank }, known, rows }: CaseProps) {
  return (
    <>
      <h3>{t('wrong.case', { number: referenceOf(proof) })}</h3>
      {account && <p>{known.nameOf(account)}</p>}
      <p class="soft">{when(at)}</p>
      <p class="row">
        <Icon name={atBank ? 'check' : 'history'} />
        <span class="lines">{t(atBank ? 'wrong.atBank' : 'wrong.atNextSync')}</span>
      </p>
      {rows.length > 0 && <Lines rows={rows} known={known} />}
      <TellBank subject={proof} about="cheated" />
    </>
  );
}
