import { useEffect, useState } from 'preact/hooks';
import type { AccountPurse, Bank } from '../api';
import { t } from '../i18n';
import { go, hrefOf } from '../router';
import type { ScreenProps } from '../router';
import { call } from '../rpc';
import { home, keep, online, profile } from '../state';
import { keepStorage } from '../update';
import { Button } from '../ui/Button';
import { Choice } from '../ui/Choice';
import { success } from '../ui/feedback';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { fail } from '../ui/Toast';
import { seedOf } from '../words24';
import { ownAccount } from './shared/account';
import * as carried from './shared/carried';
import { Install } from './shared/Install';
import { WordsEntry } from './shared/WordsEntry';

type Kind = 'circulating' | 'payout';

/** A purse at a bank that is trusted: a name, which money, and the words if they are not here any more. */
export default function Enrol({ param }: ScreenProps) {
  const bank = home.value?.banks.find(({ anchor }) => anchor === param);
  const [joined, setJoined] = useState(false);
  if (!bank) {
    return (
      <Page title={t('bank.title')} back footer={<Button href={hrefOf('bank')}>{t('bank.title')}</Button>}>
        <p>{t('bank.none')}</p>
      </Page>
    );
  }
  if (joined) return <Joined bank={bank} />;
  if (!carried.words.value) {
    return (
      <Page title={t('enrol.title', { bank: bank.name })} back>
        <p>{t('restore.type')}</p>
        <WordsEntry onWords={ownAccount} />
      </Page>
    );
  }
  return <Form bank={bank} words={carried.words.value} onJoined={() => setJoined(true)} />;
}

function Form({ bank, words, onJoined }: { bank: Bank; words: string[]; onJoined: () => void }) {
  const [name, setName] = useState(profile.value?.name ?? '');
  const [asset, setAsset] = useState(bank.assets[0]?.code ?? '');
  const [kind, setKind] = useState<Kind>('circulating');
  const join = async () => {
    const seed = await seedOf(words);
    try {
      home.value = await call('enrol', { anchor: bank.anchor, name: name.trim(), asset, kind, seed });
    } finally {
      seed.fill(0);
    }
    await keep({ name: profile.value?.name || name.trim() });
    void keepStorage();
    success();
    onJoined();
  };
  return (
    <Page
      title={t('enrol.title', { bank: bank.name })}
      back
      footer={
        <>
          {!online.value && <p>{t('enrol.network')}</p>}
          <Button big disabled={!name.trim()} onClick={join}>
            {t('do.enrol')}
          </Button>
        </>
      }
    >
      <label>
        {t('enrol.name')}
        <input
          value={name}
          maxLength={40}
          autocomplete="name"
          autocapitalize="words"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <p class="soft">{t('enrol.nameWhy')}</p>
      {bank.assets.length > 1 && (
        <Choice
          name="asset"
          legend={t('enrol.asset')}
          chosen={asset}
          onChoose={setAsset}
          options={bank.assets.map(({ code }) => [code, code])}
        />
      )}
      <Choice
        name="kind"
        legend={t('enrol.kind')}
        chosen={kind}
        onChoose={(chosen) => setKind(chosen as Kind)}
        options={[
          ['circulating', t('enrol.circulating')],
          ['payout', t('enrol.payout')],
        ]}
      />
    </Page>
  );
}

/** In: the counter next, then a PIN. Who had another phone with these words stops that one. */
function Joined({ bank }: { bank: Bank }) {
  const next = () => {
    carried.words.value = undefined;
    go('home', '', { replace: true });
    if (!profile.value?.pin) go('pin'); // from where "back" leads home
  };
  return (
    <Page
      title={t('enrol.title', { bank: bank.name })}
      footer={
        <Button big onClick={next}>
          {t('do.next')}
        </Button>
      }
    >
      <div class="notice good" role="status">
        <Icon name="check" size={40} />
        <p>{t('enrol.done', { bank: bank.name })}</p>
      </div>
      <p>{t('enrol.counter')}</p>
      <Install />
      {carried.words.value && <OldPhones bank={bank} words={carried.words.value} />}
    </Page>
  );
}

function OldPhones({ bank, words }: { bank: Bank; words: string[] }) {
  const [list, setList] = useState<AccountPurse[] | undefined>(undefined);
  const look = async () => {
    const seed = await seedOf(words);
    const all = await call('purses', { seed, anchor: bank.anchor }).finally(() => seed.fill(0));
    setList(all.filter((one) => !one.here && !['revoked', 'closed'].includes(one.state)));
  };
  const stop = async ({ purse, asset }: AccountPurse) => {
    const here = home.value?.purses.find((p) => p.anchor === bank.anchor && p.asset === asset && p.phase === 'open');
    const seed = await seedOf(words);
    try {
      home.value = await call('revoke', { seed, purse, anchor: bank.anchor, ...(here && { successor: here.id }) });
    } finally {
      seed.fill(0);
    }
    await look();
  };
  useEffect(() => {
    look().catch((thrown: unknown) => {
      setList([]);
      fail(thrown);
    });
  }, []);
  if (!list) return <p role="status">{t('app.loading')}</p>;
  if (list.length === 0) return null;
  return (
    <section class="card">
      <p>{t('restore.oldPhone')}</p>
      {list.map((one) => (
        <div class="row" key={one.purse}>
          <p>
            {one.name} · {one.asset}
          </p>
          <Button kind="danger" onClick={() => stop(one)}>
            {t('do.stopPhone')}
          </Button>
        </div>
      ))}
      <p class="soft">{t('lost.why')}</p>
    </section>
  );
}
