import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import './face.css';

interface Props {
  name: string;
  photo?: Blob | undefined;
  size?: number;
}

/** Somebody's photo; without one the first letter of their name. */
export function Face({ name, photo, size = 48 }: Props) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    if (!photo) return setUrl('');
    const made = URL.createObjectURL(photo);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  if (url) return <img class="face" src={url} alt={t('people.photo', { name })} width={size} height={size} />;
  return (
    <svg class="face" width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="24" />
      <text x="24" y="33">
        {[...name.trim()][0]?.toUpperCase() ?? '?'}
      </text>
    </svg>
  );
}
