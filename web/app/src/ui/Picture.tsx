import { pictureName, t } from '../i18n';
import { pictureNames } from '../pictures/names';
import { drawings } from '../pictures/paths';

export { pictureChoices } from '../pictures/choices';

interface Props {
  n: number; // 0…63
  size?: number; // px
  silent?: boolean; // the name is said by what the picture stands in, such as a button
}

/** One of the 64 pictures by which payer and payee see that they mean the same payment. */
export function Picture({ n, size = 96, silent = false }: Props) {
  const [lines, filled] = drawings[pictureNames[n]];
  return (
    <span
      class="picture"
      role={silent ? undefined : 'img'}
      aria-hidden={silent}
      aria-label={silent ? undefined : t('aria.picture', { name: pictureName(n) })}
    >
      <svg
        width={size}
        height={size}
        viewBox="-1 -1 50 50"
        fill="none"
        stroke="currentColor"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
        aria-hidden="true"
      >
        <path d={lines} />
        {filled && <path d={filled} fill="currentColor" stroke-width="1" />}
      </svg>
    </span>
  );
}
