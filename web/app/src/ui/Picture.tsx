import { pictureName, t } from '../i18n';

interface Props {
  /** 0…63, from the payment's hash. */
  n: number;
  size?: number;
}

/** One of the 64 pictures by which two people see that they speak of the same payment. */
export function Picture({ n, size = 96 }: Props) {
  return (
    <span class="picture" role="img" aria-label={t('aria.picture', { name: pictureName(n) })}>
      <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" />
    </span>
  );
}
