import { closeSync, openSync, writeSync } from 'node:fs';
import encodeQR from 'qr';

/** The picture that a screen shows: brightness from 0 to 255, row by row. */
export interface Shot {
  width: number;
  light: Uint8Array;
}

/** What a camera sees that no code is held before. */
export const wall: Shot = { width: 8, light: new Uint8Array(64).fill(255) };

/** How a code looks to a cheap camera in somebody's hand. */
export interface Scene {
  /** Radians by which the phone is held askew. */
  tilt?: number;
  /** Radius of the blur, in pixels. */
  blur?: number;
  /** How far a pixel's brightness may be off, of 255. */
  noise?: number;
  /** Seconds for which each code is shown. */
  each?: number;
}

const width = 640;
const height = 480;
const rate = 15;

/** Writes codes, one after the other, as the video that a camera would take (y4m, looped by the browser). */
export function film(path: string, codes: (Shot | string)[], scene: Scene = {}): void {
  const file = openSync(path, 'w');
  writeSync(file, `YUV4MPEG2 W${width} H${height} F${rate}:1 Ip A1:1 C420jpeg\n`);
  const frames = Math.max(1, Math.round((scene.each ?? 0.2) * rate));
  const random = generator(codes.length);
  for (const [n, code] of (codes.length === 1 ? standing(codes[0]!) : codes).entries()) {
    const shot = typeof code === 'string' ? drawn(code) : code;
    const tilt = scene.tilt ? scene.tilt + sway * Math.sin(n) : 0;
    const seen = blurred(picture(shot, tilt), scene.blur ?? 0);
    for (let n = 0; n < frames; n++) {
      writeSync(file, 'FRAME\n');
      writeSync(file, noisy(seen, scene.noise ?? 0, random));
      writeSync(file, gray);
    }
  }
  closeSync(file);
}

/** A code that stands still is seen by a hand that does not: what cannot be read now can be read a moment later. */
const standing = (code: Shot | string) => Array<Shot | string>(12).fill(code);
const sway = 0.04; // radians

const gray = new Uint8Array((width * height) / 2).fill(128);

/** A code as a printer would draw it, a pixel for each module. */
function drawn(text: string): Shot {
  const modules = encodeQR(text, 'raw', { border: 4, ecc: 'medium' });
  return { width: modules.length, light: Uint8Array.from(modules.flat(), (dark) => (dark ? 0 : 255)) };
}

/** What a camera sees of a square picture that is held before it: neither black nor white, on a grey wall. */
function picture({ width: side, light }: Shot, tilt: number): Uint8Array {
  const scale = (height * 0.92) / side / (Math.abs(Math.cos(tilt)) + Math.abs(Math.sin(tilt)));
  const out = new Uint8Array(width * height).fill(150);
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const column = Math.floor((dx * cos + dy * sin) / scale + side / 2);
      const row = Math.floor((dy * cos - dx * sin) / scale + side / 2);
      if (row < 0 || row >= side || column < 0 || column >= side) continue;
      out[y * width + x] = 35 + ((light[row * side + column] ?? 0) * 190) / 255;
    }
  }
  return out;
}

/** A box blur: rows, then columns. */
function blurred(from: Uint8Array, radius: number): Uint8Array {
  if (radius === 0) return from;
  const across = (source: Uint8Array, step: number, line: number, length: number, lines: number): Uint8Array => {
    const out = new Uint8Array(source.length);
    for (let l = 0; l < lines; l++) {
      for (let i = 0; i < length; i++) {
        let [sum, n] = [0, 0];
        for (let k = Math.max(0, i - radius); k <= Math.min(length - 1, i + radius); k++, n++) {
          sum += source[l * line + k * step]!;
        }
        out[l * line + i * step] = sum / n;
      }
    }
    return out;
  };
  return across(across(from, 1, width, width, height), width, 1, height, width);
}

function noisy(from: Uint8Array, most: number, random: () => number): Uint8Array {
  return most === 0 ? from : from.map((v) => Math.min(255, Math.max(0, v + (random() * 2 - 1) * most)));
}

/** The same noise in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
