// Sound and shaking. The sounds are made here: nothing to load, and none that a phone's maker could have chosen.
import type { Synced } from '../api';
import { settings } from '../settings';

let audio: AudioContext | undefined;

function tone(hertz: number, from: number, seconds: number): void {
  if (!settings.value.sound) return;
  try {
    audio ??= new AudioContext();
    void audio.resume();
    const start = audio.currentTime + from;
    const gain = audio.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, start + seconds);
    const voice = audio.createOscillator();
    voice.type = 'triangle';
    voice.frequency.value = hertz;
    voice.connect(gain).connect(audio.destination);
    voice.start(start);
    voice.stop(start + seconds);
  } catch {
    // no sound on this phone
  }
}

/** Shakes the phone: milliseconds of shaking and of rest by turns. */
export function buzz(...pattern: number[]): void {
  if (settings.value.vibration) navigator.vibrate?.(pattern);
}

/** Money has come, or it is certain that they have it: three notes upwards. */
export function success(): void {
  tone(523, 0, 0.18);
  tone(659, 0.12, 0.18);
  tone(784, 0.24, 0.4);
  buzz(60, 60, 120);
}

/** It did not work: two low notes. */
export function failure(): void {
  tone(220, 0, 0.25);
  tone(175, 0.2, 0.4);
  buzz(200);
}

/** What the bank said: no cheerful sound where there is something to read. */
export function soundOf({ problems, heard }: Pick<Synced, 'problems' | 'heard'>): void {
  if (problems.length === 0 && heard.ownPurse.length === 0) success();
  else failure();
}

/** A code was seen. */
export function seen(): void {
  tone(880, 0, 0.1);
  buzz(30);
}
