import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { back as goBack } from '../router';
import { Icon } from './Icon';
import { Toasts } from './Toast';
import { UpdatePrompt } from './UpdatePrompt';

interface Props {
  title: string;
  /** Where "back" leads; true: where the person came from. */
  back?: boolean | (() => void);
  /** At the right of the title. */
  action?: ComponentChildren;
  /** Stays at the bottom, under the thumb. */
  footer?: ComponentChildren;
  children?: ComponentChildren;
}

/**
 * A screen: a title that is read out when the screen comes, what it is about, and at the bottom what can be done. Messages
 * stand above that and take room of their own, so they cover no title and no button, and nothing jumps when they go.
 */
export function Page({ title, back, action, footer, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title;
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [title]);
  return (
    <div class="page">
      <header class="bar">
        {back && (
          <button
            type="button"
            class="icon-button"
            aria-label={t('do.back')}
            onClick={typeof back === 'function' ? back : goBack}
          >
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {action}
      </header>
      <main>{children}</main>
      <div class="foot">
        <Toasts />
        <UpdatePrompt />
        {footer && <footer class="actions">{footer}</footer>}
      </div>
    </div>
  );
}
