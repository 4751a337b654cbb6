import { useCallback, useRef, useState } from 'preact/hooks';
import { decodeFile } from '../decoder';
import { bytesOf } from '../files';
import { t } from '../i18n';
import { Refusal } from '../rpc';
import { Button } from './Button';
import { fail } from './Toast';
import { useCamera } from './useCamera';
import { useWakeLock } from './wakelock';
import './finder.css';

interface Props {
  /** Every code that is seen, as often as it is seen: an animated code is many. */
  onText: (text: string) => void;
  /** A file that the person opened: what a payment sent by Bluetooth is. */
  onBytes: (bytes: Uint8Array) => void;
  /** False: the camera rests, for instance while what was seen is looked at. */
  watching?: boolean;
  /** How to hold the phone, while there is a camera. */
  hint?: string;
  /** Under the picture: a ring, an error. */
  children?: preact.ComponentChildren;
}

/** The camera as a scanner; where there is none, or with a broken one, a pasted text or a file does the same. */
export function Camera({ onText, onBytes, watching = true, hint, children }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef(onText);
  told.current = onText;
  const tell = useCallback((text: string) => told.current(text), []);
  const { state, light, switchLight } = useCamera(video, watching, tell);
  const blind = state === 'refused' || state === 'none';
  useWakeLock(!blind);
  return (
    <section class="camera">
      {blind ? (
        <p role="alert">{t(state === 'refused' ? 'scan.refused' : 'scan.none')}</p>
      ) : (
        <div class="finder" data-state={state}>
          <video ref={video} playsInline muted aria-label={t('aria.camera')} />
          {light !== undefined && (
            <Button kind="quiet" icon="light" onClick={switchLight}>
              {t(light ? 'do.lightOff' : 'do.lightOn')}
            </Button>
          )}
        </div>
      )}
      {hint && !blind && <p class="centre">{hint}</p>}
      {children}
      <OtherWays onText={onText} onBytes={onBytes} open={blind} />
    </section>
  );
}

function OtherWays({ onText, onBytes, open }: Pick<Props, 'onText' | 'onBytes'> & { open: boolean }) {
  const file = useRef<HTMLInputElement>(null);
  const [pasting, setPasting] = useState(false);
  const chosen = async () => {
    const one = file.current?.files?.[0];
    if (file.current) file.current.value = '';
    if (!one) return;
    if (!one.type.startsWith('image/')) return onBytes(await bytesOf(one));
    const text = await decodeFile(one).catch(() => undefined);
    if (!text) throw new Refusal('no_qr_code');
    onText(text);
  };
  return (
    <details class="other-ways" open={open}>
      <summary>{t('scan.otherWays')}</summary>
      <div class="stack">
        <Button kind="plain" icon="file" onClick={() => file.current?.click()}>
          {t('do.openFile')}
        </Button>
        <input
          ref={file}
          class="sr"
          tabIndex={-1}
          aria-hidden="true"
          type="file"
          onChange={() => void chosen().catch(fail)}
        />
        {pasting ? (
          <Paste onText={onText} />
        ) : (
          <Button kind="plain" icon="paste" onClick={() => setPasting(true)}>
            {t('do.paste')}
          </Button>
        )}
      </div>
    </details>
  );
}

function Paste({ onText }: Pick<Props, 'onText'>) {
  const [text, setText] = useState('');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) onText(text.trim());
      }}
    >
      <label>
        {t('scan.pasteHere')}
        <textarea rows={4} value={text} autocapitalize="characters" onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <Button type="submit">{t('do.next')}</Button>
    </form>
  );
}
