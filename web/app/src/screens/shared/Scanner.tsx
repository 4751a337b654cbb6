import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { failureOf } from '../../rpc';
import { arrived } from '../../state';
import { Camera } from '../../ui/Camera';
import { failure as lowNotes } from '../../ui/feedback';
import { Ring } from '../../ui/Ring';
import { filmOf, take } from './take';
import type { Seen } from './take';
import { Trouble } from './Trouble';
import type { Failure } from '../../api';

/** Milliseconds out of sight before the same code is tried again; and so long what went wrong can be read. */
const pause = 3_000;

/** The camera, a pasted text, a file, or what was shared with the app: whatever it is, it finds its screen. */
export function Scanner({ hint }: { hint?: string }) {
  const [progress, setProgress] = useState(0);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const [done, setDone] = useState(false);
  const running = useRef(false);
  const last = useRef({ text: '', at: 0 });
  const failed = useRef({ film: '', at: 0 });

  const begin = async (seen: Seen) => {
    if (running.current) return;
    running.current = true;
    try {
      const part = await take(seen);
      setProgress(part);
      setFailure(undefined);
      setDone(part >= 1);
    } catch (thrown) {
      lowNotes();
      failed.current = { film: filmOf(seen.text ?? ''), at: Date.now() };
      setProgress(0);
      setFailure(failureOf(thrown));
    } finally {
      running.current = false;
    }
  };
  const onText = (text: string) => {
    const now = Date.now();
    const same = text === last.current.text && now - last.current.at < pause;
    const film = filmOf(text); // whose next frame comes at once
    const refused = film && film === failed.current.film && now - failed.current.at < pause;
    last.current = { text, at: now };
    if (!same && !refused) void begin({ text });
  };
  useEffect(() => {
    const came = arrived.value;
    if (!came) return;
    arrived.value = undefined;
    void begin(came);
  }, [arrived.value]);

  const percent = Math.floor(progress * 100);
  return (
    <Camera
      watching={!done}
      hint={progress > 0 || failure ? undefined : (hint ?? t('scan.aim'))}
      onText={onText}
      onBytes={(bytes) => void begin({ bytes })}
    >
      {failure ? (
        <Trouble failure={failure} />
      ) : progress > 0 && progress < 1 ? (
        <div class="catching">
          <Ring value={progress} label={t('scan.percent', { n: percent })} />
          <p class="centre">{t('scan.percent', { n: percent })}</p>
        </div>
      ) : null}
    </Camera>
  );
}
