import { useState } from 'preact/hooks';
import type { Detail } from '../../api';
import { t } from '../../i18n';
import { Button } from '../../ui/Button';
import { Code } from './Code';

/** The signed answer, for a payer who wants more than a picture: as often as they have not got it. */
export function Answer({ detail: { answer, digits } }: { detail: Detail }) {
  const [shown, setShown] = useState(false);
  if (answer.length === 0) return null;
  return shown ? (
    <Code bytes={answer} file={`kula-${digits}-answer.kula`} />
  ) : (
    <Button kind="quiet" onClick={() => setShown(true)}>
      {t('show.title')}
    </Button>
  );
}
