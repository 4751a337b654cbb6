// Looks for a QR code in a picture, away from the screen.
import { decodeQR } from 'qr/decode.js';

export interface Seen {
  text?: string;
}

onmessage = ({ data }: MessageEvent<ImageData>) => {
  let seen: Seen = {};
  try {
    seen = { text: decodeQR(data, { timeLimit: 400 }) };
  } catch {
    // no code in this picture
  }
  postMessage(seen);
};
