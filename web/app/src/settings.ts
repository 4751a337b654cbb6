// How this phone shows things. Kept in localStorage: read before the first paint, and worth nothing to a thief.
import { effect, signal } from '@preact/signals';

export interface Settings {
  /** Empty: as the browser says. */
  lang: string;
  theme: 'auto' | 'light' | 'dark' | 'contrast';
  /** The size of text, in percent of the browser's. */
  size: 100 | 125 | 150 | 200;
  sound: boolean;
  vibration: boolean;
  /** Amounts also as pictures of notes and coins. */
  pictures: boolean;
  /** Minutes without use after which the PIN is asked again; 0: only at the start. */
  lockAfter: number;
}

const key = 'kula-settings';
const usual: Settings = {
  lang: '',
  theme: 'auto',
  size: 100,
  sound: true,
  vibration: true,
  pictures: false,
  lockAfter: 5,
};

function read(): Settings {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Settings>) };
  } catch {
    return usual;
  }
}

export const settings = signal<Settings>(read());

export function change(part: Partial<Settings>): void {
  settings.value = { ...settings.value, ...part };
  try {
    localStorage.setItem(key, JSON.stringify(settings.value));
  } catch {
    // no room or forbidden: it holds until the app is closed
  }
}

/** The page follows the settings. */
export function follow(root: HTMLElement): void {
  effect(() => {
    const { theme, size } = settings.value;
    root.dataset['theme'] = theme;
    root.dataset['size'] = String(size);
  });
}
