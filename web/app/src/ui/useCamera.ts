import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Decoder } from '../decoder';

export type CameraState = 'starting' | 'on' | 'refused' | 'none';

export interface CameraControl {
  state: CameraState;
  /** Undefined: this camera has no light. */
  light: boolean | undefined;
  switchLight: () => Promise<void>;
}

type Lit = MediaTrackCapabilities & { torch?: boolean };

const longest = 1_280; // pixels: more costs time and finds no more

/** Runs the camera into a video element while it is wanted, and tells each code that it sees. */
export function useCamera(
  video: RefObject<HTMLVideoElement | null>,
  wanted: boolean,
  onText: (text: string) => void,
): CameraControl {
  const [state, setState] = useState<CameraState>('starting');
  const [light, setLight] = useState<boolean | undefined>(undefined);
  const [track, setTrack] = useState<MediaStreamTrack | undefined>(undefined);

  useEffect(() => {
    if (!wanted) return undefined;
    let stream: MediaStream | undefined;
    let over = false;
    let stopWatching: (() => void) | undefined;
    const begin = async () => {
      stream = await openCamera();
      const picture = video.current;
      if (over || !picture) return stopAll(stream);
      const [first] = stream.getVideoTracks();
      setTrack(first);
      setLight((first?.getCapabilities?.() as Lit | undefined)?.torch ? false : undefined);
      picture.srcObject = stream;
      await picture.play();
      setState('on');
      if (!over) stopWatching = watch(picture, onText);
    };
    begin().catch((thrown: unknown) => {
      const refused = thrown instanceof DOMException && ['NotAllowedError', 'SecurityError'].includes(thrown.name);
      if (!over) setState(refused ? 'refused' : 'none');
    });
    return () => {
      over = true;
      stopWatching?.();
      stopAll(stream);
    };
  }, [wanted]);

  const switchLight = async () => {
    await track?.applyConstraints({ advanced: [{ torch: !light } as MediaTrackConstraintSet] });
    setLight(!light);
  };
  return { state, light, switchLight };
}

function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) return Promise.reject(new Error('no camera here'));
  const video = { facingMode: { ideal: 'environment' }, width: { ideal: longest }, height: { ideal: 720 } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video });
}

function stopAll(stream?: MediaStream): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Decodes one picture after the other, as fast as this phone can. */
function watch(video: HTMLVideoElement, onText: (text: string) => void): () => void {
  const decoder = new Decoder();
  const canvas = document.createElement('canvas');
  let over = false;
  const look = async () => {
    const image = pictureOf(video, canvas);
    const text = image && (await decoder.decode(image));
    if (over) return;
    if (text) onText(text);
    requestAnimationFrame(() => void look());
  };
  void look();
  return () => {
    over = true;
    decoder.close();
  };
}

function pictureOf(video: HTMLVideoElement, canvas: HTMLCanvasElement): ImageData | undefined {
  if (!video.videoWidth || !video.videoHeight) return undefined;
  const shrink = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * shrink);
  canvas.height = Math.round(video.videoHeight * shrink);
  const paper = canvas.getContext('2d', { willReadFrequently: true });
  paper?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return paper?.getImageData(0, 0, canvas.width, canvas.height);
}
