import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Quote, Row } from '../api';
import { amount, t } from '../i18n';
import { useKnown, type Known } from '../known';
import { go } from '../router';
import type { ScreenProps } from '../router';
import { canGiveBack } from '../rows';
import { call, Refusal } from '../rpc';
import { home, payment, profile } from '../state';
import { Amount } from '../ui/Amount';
import { Camera } from '../ui/Camera';
import { Face } from '../ui/Face';
import { seen } from '../ui/feedback';
import { Notes } from '../ui/Notes';
import { Page } from '../ui/Page';
import { Ring } from '../ui/Ring';
import { RowLine } from '../ui/RowLine';
import { Slide } from '../ui/Slide';
import { fail } from '../ui/Toast';
import { useLoad } from '../ui/useLoad';
import { settings } from '../settings';
import { ourText } from './shared/take';

/** Gives back what was received, to who paid it: they ask for it on their phone, and this one pays. */
export default function Screen({ param }: ScreenProps) {
  const known = useKnown();
  const history = useLoad(() => call('history', { limit: 1_000 }), [home.value]);
  const rows = history?.rows.filter((one) => canGiveBack(one, !!profile.value?.till)) ?? [];
  const row = rows.find(({ hash }) => hash === param);
  if (row) return <GiveBack row={row} known={known} />;
  return (
    <Page title={t('giveBack.title')} back>
      {history && <p>{t(rows.length ? 'giveBack.choose' : 'giveBack.none')}</p>}
      <ul class="rows">
        {[...rows.filter(({ giveBack }) => giveBack), ...rows.filter(({ giveBack }) => !giveBack)].map((one) => (
          <li key={one.hash}>
            <RowLine row={one} known={known} to="give-back" />
          </li>
        ))}
      </ul>
    </Page>
  );
}

interface Agreed {
  bytes: Uint8Array;
  quote: Quote;
}

function GiveBack({ row, known }: { row: Row; known: Known }) {
  const [agreed, setAgreed] = useState<Agreed | undefined>(undefined);
  const [progress, setProgress] = useState(0);
  const found = async (what: { text?: string; bytes?: Uint8Array }) => {
    const { kind, bytes } = await call('read', what);
    if (kind !== 'bill') throw new Refusal('not_a_refund');
    const { open } = await call('quote', { bytes }); // who leaves the amount open gets all of it back
    const quote = await call('quote', { bytes, givesBack: row.hash, ...(open && { amount: row.amount }) });
    seen();
    setAgreed({ bytes, quote });
  };
  const look = async (seen: string) => {
    const text = ourText(seen);
    if (!text.startsWith('KULA2:')) return found({ text });
    const caught = await call('catchFrame', { text });
    setProgress(caught.progress);
    if (caught.bytes) await found({ bytes: caught.bytes });
  };
  const onText = useMemo(() => oneAtATime(look), [row.hash]);
  const name = known.nameOf(row.other, row.otherName);
  if (agreed) return <Confirm row={row} name={name} agreed={agreed} onBack={() => setAgreed(undefined)} />;
  return (
    <Page title={t('giveBack.title')} back>
      <Whom row={row} name={name} known={known} />
      <p>{t('giveBack.how', { name, amount: amount(row.amount, row.asset, row.decimals) })}</p>
      <Camera onText={onText} onBytes={(bytes) => void found({ bytes }).catch(fail)}>
        {progress > 0 && <Ring value={progress} label={t('scan.percent', { n: Math.floor(progress * 100) })} />}
      </Camera>
    </Page>
  );
}

const pause = 3_000; // milliseconds that what went wrong can be read

/** A camera sees the same code many times a second: one is looked at, and one that failed is told once. */
function oneAtATime(look: (text: string) => Promise<void>): (text: string) => void {
  let busy = false;
  let refused = '';
  let failedAt = 0;
  return (text) => {
    if (busy || text === refused || Date.now() - failedAt < pause) return;
    busy = true;
    look(text)
      .catch((thrown: unknown) => {
        refused = text;
        failedAt = Date.now();
        fail(thrown);
      })
      .finally(() => (busy = false));
  };
}

function Whom({ row, name, known }: { row: Row; name: string; known: Known }) {
  return (
    <section class="card">
      <Amount amount={row.amount} asset={row.asset} decimals={row.decimals} big />
      <p class="row">
        <Face name={name} photo={known.faceOf(row.other)?.photo} />
        <b>{name}</b>
      </p>
      {row.memo && <p>{row.memo}</p>}
    </section>
  );
}

interface ConfirmProps {
  row: Row;
  name: string;
  agreed: Agreed;
  onBack: () => void;
}

function Confirm({ row, name, agreed: { bytes, quote }, onBack }: ConfirmProps) {
  useEffect(payment, []);
  const paid = amount(quote.amount, quote.asset, quote.decimals);
  const give = async () => {
    const given = quote.open ? { amount: quote.amount } : {};
    const { entry } = await call('pay', { bytes, givesBack: row.hash, purse: quote.purse, ...given });
    go('show', entry, { replace: true });
  };
  return (
    <Page
      title={t('giveBack.title')}
      back={onBack}
      footer={<Slide label={t('pay.slide', { amount: paid })} onDone={give} />}
    >
      <section class="card main">
        <p>{t('pay.to', { name: quote.payee || name })}</p>
        <Amount amount={quote.amount} asset={quote.asset} decimals={quote.decimals} big />
        {settings.value.pictures && <Notes amount={quote.amount} asset={quote.asset} />}
        {quote.memo && <p>{t('pay.for', { memo: quote.memo })}</p>}
      </section>
      {quote.amount !== row.amount && <p>{t('giveBack.part')}</p>}
    </Page>
  );
}
