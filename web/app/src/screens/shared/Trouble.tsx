import type { Failure } from '../../api';
import { errorText, groupOfCode, t } from '../../i18n';
import { hrefOf } from '../../router';
import { home } from '../../state';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { askDate } from './Clock';

const connect = new Set(['connectFirst', 'notEnough', 'bankNews', 'bringFirst', 'tooLong', 'bringIncome', 'inParts']);

/** What went wrong, as a sentence, and beside it what can be done about it here. */
export function Trouble({ failure }: { failure: Failure }) {
  const group = groupOfCode(failure.code, failure.where);
  return (
    <div class="notice bad" role="alert">
      <Icon name="warning" />
      <div class="stack">
        <p>{errorText(failure)}</p>
        {group === 'dates' && home.value && (
          <Button kind="plain" onClick={askDate}>
            {t('do.setDate')}
          </Button>
        )}
        {connect.has(group) && (
          <Button kind="plain" icon="sync" href={hrefOf('sync')}>
            {t('do.sync')}
          </Button>
        )}
        {group === 'unknownBank' && (
          <Button kind="plain" icon="bank" href={hrefOf('bank')}>
            {t('bank.title')}
          </Button>
        )}
      </div>
    </div>
  );
}
