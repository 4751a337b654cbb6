import type { About, Complaint } from '../api';
import { t } from '../i18n';
import { call } from '../rpc';
import { home } from '../state';
import { Button } from './Button';
import { Icon } from './Icon';
import { useLoad } from './useLoad';

const useComplaint = (subject: string): { known: boolean; one?: Complaint } => {
  const all = useLoad(() => call('complaints', {}), [home.value]);
  return { known: !!all, one: all?.find((complaint) => complaint.subject === subject) };
};

interface Props {
  /** The payment, or the proof of a case. */
  subject: string;
  about: About;
}

/** Lets the bank know that something is wrong; from then on, the number that it has there. */
export function TellBank({ subject, about }: Props) {
  const { known, one } = useComplaint(subject);
  if (!known) return null;
  if (one) return <Told one={one} />;
  return (
    <Button kind="plain" icon="bank" onClick={() => call('complain', { subject, about })}>
      {t('wrong.tell')}
    </Button>
  );
}

/** Under which number the bank looks at something; nothing when nobody complained of it. */
export function CaseNumber({ subject }: { subject: string }) {
  const { one } = useComplaint(subject);
  return one ? <Told one={one} /> : null;
}

export function Told({ one: { number } }: { one: Complaint }) {
  return (
    <p class="row">
      <Icon name={number ? 'check' : 'history'} />
      <span class="lines">{number ? t('wrong.number', { number: String(number) }) : t('wrong.atNextSync')}</span>
    </p>
  );
}
