// The page's end of qr-worker.ts: one picture at a time.
import type { Seen } from './qr-worker';

export class Decoder {
  private readonly worker = new Worker(new URL('./qr-worker.ts', import.meta.url), { type: 'module', name: 'qr' });
  private waiting: ((text: string | undefined) => void) | undefined;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Seen>) => this.answer(data.text);
    this.worker.onerror = () => this.answer(undefined);
  }

  /** The text of the code in a picture. The picture's bytes are gone afterwards. */
  decode(image: ImageData): Promise<string | undefined> {
    this.answer(undefined);
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.worker.postMessage(image, [image.data.buffer]);
    });
  }

  close(): void {
    this.worker.terminate();
    this.answer(undefined);
  }

  private answer(text: string | undefined): void {
    this.waiting?.(text);
    this.waiting = undefined;
  }
}

const largest = 2_000; // pixels along a side of a picture from a file

/** The code in a picture that the person chose. */
export async function decodeFile(file: Blob): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file);
  const shrink = Math.min(1, largest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(bitmap.width * shrink);
  canvas.height = Math.round(bitmap.height * shrink);
  const paper = canvas.getContext('2d');
  if (!paper) return undefined;
  paper.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const decoder = new Decoder();
  try {
    return await decoder.decode(paper.getImageData(0, 0, canvas.width, canvas.height));
  } finally {
    decoder.close();
  }
}
