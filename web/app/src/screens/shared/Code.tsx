import { useEffect, useState } from 'preact/hooks';
import type { Frames } from '../../api';
import { share } from '../../files';
import { t } from '../../i18n';
import { call } from '../../rpc';
import { Button } from '../../ui/Button';
import { fail, say } from '../../ui/Toast';
import { Qr } from '../../ui/Qr';
import { Ring } from '../../ui/Ring';
import { useWakeLock } from '../../ui/wakelock';
import './code.css';

interface Props {
  /** What the other phone is to get: a bundle. */
  bytes: Uint8Array;
  /** Its name as a file. */
  file: string;
  /** Called when the code is on the screen. */
  onShown?: () => void;
}

const speeds = [2, 4, 7, 10]; // frames in a second
const symbols = [120, 200, 300]; // bytes in a frame: fewer make bigger dots

/** A code for the other phone: still when it fits in one, moving when not; or the same as a file. */
export function Code({ bytes, file, onShown }: Props) {
  useWakeLock();
  const [dots, setDots] = useState(2);
  const [frames, setFrames] = useState<Frames | undefined>(undefined);
  useEffect(() => {
    let over = false;
    call('frames', { bytes, symbol: symbols[dots] }).then((made) => {
      if (over) return;
      setFrames(made);
      onShown?.();
    }, fail);
    return () => {
      over = true;
    };
  }, [bytes, dots]);
  return (
    <div class="code">
      {!frames ? (
        <div class="code-room" role="status">
          <span class="sr">{t('app.loading')}</span>
        </div>
      ) : frames.fits ? (
        <>
          <Qr text={frames.text} label={t('show.alt')} />
          <p class="soft centre">{t('show.hold')}</p>
        </>
      ) : (
        <Moving frames={frames} dots={dots} setDots={setDots} />
      )}
      <OtherWays bytes={bytes} file={file} text={frames?.text ?? ''} />
    </div>
  );
}

function Moving({ frames, dots, setDots }: { frames: Frames; dots: number; setDots: (dots: number) => void }) {
  const [speed, setSpeed] = useState(2);
  const { text, part } = useFilm(frames, speeds[speed] ?? 7);
  return (
    <>
      {text && <Qr text={text} label={t('show.alt')} />}
      <div class="row code-moves">
        <Ring value={part} label={t('scan.percent', { n: Math.floor(part * 100) })}>
          {''}
        </Ring>
        <p class="soft">{t('show.moving')}</p>
      </div>
      <div class="code-speed">
        <Button kind="plain" disabled={speed === 0} onClick={() => setSpeed(speed - 1)}>
          {t('do.slower')}
        </Button>
        <Button kind="plain" disabled={speed === speeds.length - 1} onClick={() => setSpeed(speed + 1)}>
          {t('do.faster')}
        </Button>
        <Button kind="plain" disabled={dots === 0} onClick={() => setDots(dots - 1)}>
          {t('do.biggerDots')}
        </Button>
        <Button kind="plain" disabled={dots === symbols.length - 1} onClick={() => setDots(dots + 1)}>
          {t('do.smallerDots')}
        </Button>
      </div>
    </>
  );
}

/** The frames of a moving code, one after the other, over and over; part: how much of what is needed was shown. */
function useFilm({ id, count, needed }: Frames, speed: number): { text: string; part: number } {
  const [shown, setShown] = useState({ text: '', n: 0 });
  useEffect(() => {
    let over = false;
    let n = shown.n;
    const next = async () => {
      const { text } = await call('frame', { id, n: n % count });
      if (!over) setShown({ text, n: ++n });
    };
    void next().catch(fail);
    const timer = setInterval(() => void next().catch(() => clearInterval(timer)), 1000 / speed);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [id, speed]);
  const round = shown.n % needed;
  return { text: shown.text, part: (round || (shown.n ? needed : 0)) / needed };
}

function OtherWays({ bytes, file, text }: { bytes: Uint8Array; file: string; text: string }) {
  const send = async () => {
    if ((await share(bytes, file, t('app.name'))) === 'saved') say(t('do.saveFile'));
  };
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    say(t('aria.copied'));
  };
  return (
    <details>
      <summary>{t('show.otherWays')}</summary>
      <div class="row">
        <Button kind="plain" icon="share" onClick={send}>
          {t('navigator' in globalThis && 'canShare' in navigator ? 'do.share' : 'do.saveFile')}
        </Button>
        {text && (
          <Button kind="plain" icon="paste" onClick={copy}>
            {t('do.copy')}
          </Button>
        )}
      </div>
    </details>
  );
}
