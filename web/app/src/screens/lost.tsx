import { useEffect, useRef, useState } from 'preact/hooks';
import type { AccountPurse, Purse } from '../api';
import { amount, t } from '../i18n';
import { call } from '../rpc';
import { home, online } from '../state';
import { AskWords } from '../ui/AskWords';
import { Button } from '../ui/Button';
import { Choice } from '../ui/Choice';
import { ask } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';

interface Found {
  anchor: string;
  purses: AccountPurse[];
  seed: Uint8Array;
}

/** The 24 words, the purses that the bank has of them, and the end of the one that is gone. */
export default function Screen() {
  const [anchor, setAnchor] = useState(home.value?.banks[0]?.anchor ?? '');
  const [found, setFound] = useState<Found | undefined>(undefined);
  const [stopped, setStopped] = useState(false);
  const kept = useRef<Uint8Array | undefined>(undefined); // as long as this screen stands: 24 words are typed once
  useEffect(() => () => void kept.current?.fill(0), []);
  const look = async (typed: Uint8Array) => {
    const purses = await call('purses', { seed: typed, anchor });
    const seed = typed.slice();
    kept.current = seed;
    setFound({ anchor, purses, seed });
  };
  if (stopped) return <Stopped />;
  if (found) return <Choose found={found} onStopped={() => setStopped(true)} />;
  const banks = home.value?.banks ?? [];
  return (
    <Page title={t('lost.title')} back>
      <p>{t('lost.why')}</p>
      <p>{t('lost.words')}</p>
      {!home.value?.purses.some(({ phase }) => phase === 'open') && (
        <div class="notice">
          <Icon name="warning" />
          <p>{t('lost.first')}</p>
        </div>
      )}
      {!online.value && (
        <div class="notice">
          <Icon name="warning" />
          <p>{t('sync.noNetwork')}</p>
        </div>
      )}
      {banks.length > 1 && (
        <Choice
          name="bank"
          legend={t('word.bank')}
          chosen={anchor}
          onChoose={setAnchor}
          options={banks.map((bank) => [bank.anchor, bank.name])}
        />
      )}
      <AskWords button={t('do.next')} onSeed={look} />
    </Page>
  );
}

/** The purse on this phone that gets what the lost one has not spent. */
function successorOf({ asset }: AccountPurse, anchor: string): Purse | undefined {
  return home.value?.purses.find(
    (purse) => purse.anchor === anchor && purse.asset === asset && purse.phase === 'open' && !purse.revoked,
  );
}

function Choose({ found, onStopped }: { found: Found; onStopped: () => void }) {
  const [chosen, setChosen] = useState<AccountPurse | undefined>(undefined);
  const others = found.purses.filter(({ here }) => !here);
  const successor = chosen && successorOf(chosen, found.anchor)?.id;
  const stop = async () => {
    if (!chosen) return;
    const yes = t('do.stopPhone');
    if (!(await ask({ title: t('lost.ask'), text: t('lost.until'), yes, danger: true }))) return;
    const { seed, anchor } = found;
    await call('revoke', { seed, anchor, purse: chosen.purse, ...(successor && { successor }) });
    seed.fill(0);
    onStopped();
  };
  return (
    <Page title={t('lost.title')} back>
      <h2>{others.length ? t('lost.choose') : t('lost.none')}</h2>
      <ul class="rows">
        {found.purses.map((purse) => (
          <li key={purse.purse}>
            <button
              type="button"
              disabled={!isStoppable(purse)}
              aria-pressed={chosen?.purse === purse.purse}
              onClick={() => setChosen(purse)}
            >
              <PurseWords purse={purse} />
              {isStoppable(purse) && <Icon name={chosen?.purse === purse.purse ? 'check' : 'next'} />}
            </button>
          </li>
        ))}
      </ul>
      {chosen && (
        <section class="card">
          <p>{t(successor ? 'lost.money' : 'lost.first')}</p>
          <Button kind="danger" onClick={stop}>
            {t('do.stopPhone')}
          </Button>
        </section>
      )}
    </Page>
  );
}

const isStoppable = ({ here, state }: AccountPurse): boolean => !here && state !== 'revoked';

function PurseWords({ purse }: { purse: AccountPurse }) {
  const decimals = home.value?.purses.find(({ asset }) => asset === purse.asset)?.decimals;
  const state = purse.here ? 'lost.here' : purse.state === 'open' ? 'lost.works' : 'lost.stopped';
  return (
    <span class="lines">
      <b>{purse.name || t('word.noName')}</b>
      <span>{t('home.atBank', { amount: amount(purse.atBank, purse.asset, decimals) })}</span>
      <span class="soft">{t(state)}</span>
      <span class="detail">{purse.purse.slice(0, 8)}</span>
    </span>
  );
}

function Stopped() {
  return (
    <Page title={t('lost.title')} footer={<Button href="#/home">{t('do.done')}</Button>}>
      <div class="notice good">
        <Icon name="check" />
        <p>{t('lost.done')}</p>
      </div>
      <p>{t('lost.until')}</p>
      <p>{t('lost.why')}</p>
    </Page>
  );
}
