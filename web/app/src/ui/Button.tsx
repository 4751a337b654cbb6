import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { fail } from './Toast';
import { Icon } from './Icon';
import type { IconName } from './Icon';

interface Props {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  big?: boolean;
  icon?: IconName;
  disabled?: boolean;
  /** May take a while: until it has ended the button cannot be pressed again. What it throws is told in a toast. */
  onClick?: () => unknown;
  /** A place instead of an act: drawn the same, but a link. */
  href?: string;
  type?: 'button' | 'submit';
  /** Its name, when what it shows is no text. */
  label?: string;
  children?: ComponentChildren;
}

export function Button({
  kind = 'primary',
  big,
  icon,
  disabled,
  onClick,
  href,
  type = 'button',
  label,
  children,
}: Props) {
  const [busy, press] = useBusy(onClick);
  const looks = `button ${kind}${big ? ' big' : ''}`;
  const inside = (
    <>
      {icon && <Icon name={icon} />}
      {children}
    </>
  );
  if (href) {
    return (
      <a class={looks} href={href} aria-label={label}>
        {inside}
      </a>
    );
  }
  return (
    <button type={type} class={looks} disabled={disabled} aria-busy={busy} aria-label={label} onClick={press}>
      {inside}
    </button>
  );
}

/** Presses are not heard while the one before is carried out: nobody pays twice with a nervous thumb. */
function useBusy(act?: () => unknown): [boolean, () => void] {
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const press = async () => {
    if (running.current) return;
    running.current = true;
    const slow = setTimeout(() => setBusy(true), 150);
    try {
      await act?.();
    } catch (thrown) {
      fail(thrown);
    } finally {
      clearTimeout(slow);
      running.current = false;
      setBusy(false);
    }
  };
  return [busy, () => void press()];
}
