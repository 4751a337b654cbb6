import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { ask } from './Dialog';
import { buzz } from './feedback';
import { Icon } from './Icon';
import { fail } from './Toast';

interface Props {
  label: string;
  /** Called once, when the thumb has arrived. When it throws, the slide goes back, and what it threw is told. */
  onDone: () => unknown;
  disabled?: boolean;
}

const holdFor = 2_000; // milliseconds: who cannot slide holds

/**
 * Slide to pay: no tap in a pocket and no second tap of a nervous thumb does it. Who cannot drag holds the thumb, or
 * Enter, for two seconds. Screen readers and switches can do neither: what they press is asked about.
 */
export function Slide({ label, onDone, disabled }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0); // 0…1
  const [busy, setBusy] = useState(false);
  const drag = useRef<{ from: number; moved: boolean } | undefined>(undefined);
  const hold = useHold(setAt, () => void arrive());

  const arrive = async () => {
    if (busy || disabled) return;
    drag.current = undefined;
    setBusy(true);
    setAt(1);
    buzz(40);
    try {
      await onDone();
    } catch (thrown) {
      fail(thrown);
      setAt(0);
    } finally {
      setBusy(false);
    }
  };
  const onClick = async (event: MouseEvent) => {
    if (event.detail > 0 || stop) return; // a finger's or a mouse's, and they can slide
    if (await ask({ title: label, yes: t('do.yes'), no: t('do.no') })) await arrive();
  };
  const way = () => Math.max(1, (track.current?.clientWidth ?? 0) - 64);
  const stop = disabled || busy;
  const onDown = (event: PointerEvent) => {
    if (stop) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    drag.current = { from: event.clientX, moved: false };
    hold.begin();
  };
  const onMove = (event: PointerEvent) => {
    if (!drag.current) return;
    const by = event.clientX - drag.current.from;
    if (Math.abs(by) > 6) {
      drag.current.moved = true;
      hold.end();
    }
    if (drag.current.moved) setAt(Math.min(1, Math.max(0, by / way())));
  };
  const onUp = () => {
    hold.end();
    if (!drag.current) return;
    drag.current = undefined;
    if (at > 0.92) void arrive();
    else setAt(0);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (event.type === 'keyup') {
      hold.end();
      if (!busy) setAt(0);
    } else if (!event.repeat && !stop) hold.begin();
  };
  return (
    <div class={stop ? 'slide off' : 'slide'} ref={track}>
      <span class="slide-label" aria-hidden="true">
        {label}
      </span>
      <div class="slide-fill" style={{ transform: `scaleX(${at})` }} />
      <button
        type="button"
        class="slide-thumb"
        disabled={disabled}
        aria-label={label}
        aria-description={t('pay.slideHint')}
        aria-busy={busy}
        style={{ transform: `translateX(${at * way()}px)` }}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={onUp}
        onContextMenu={(event) => event.preventDefault()}
        onClick={onClick}
        onKeyDown={onKey}
        onKeyUp={onKey}
        onBlur={hold.end}
      >
        <Icon name="next" size={32} />
      </button>
    </div>
  );
}

/** Counts the time that something is held down, and shows it. */
function useHold(show: (part: number) => void, arrive: () => void) {
  const frame = useRef(0);
  const end = () => cancelAnimationFrame(frame.current);
  useEffect(() => end, []);
  const begin = () => {
    end();
    const start = performance.now();
    const tick = (now: number) => {
      const part = (now - start) / holdFor;
      if (part >= 1) {
        arrive();
        return;
      }
      if (part > 0.15) show(part);
      frame.current = requestAnimationFrame(tick);
    };
    frame.current = requestAnimationFrame(tick);
  };
  return { begin, end };
}
