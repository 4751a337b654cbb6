// Where the person is: the hash of the address, "#/receipt/4f2a…?from=history".
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

/** What a screen is given. */
export interface ScreenProps {
  /** What stands after the screen's name in the address: an entry, a purse. */
  param: string;
  query: URLSearchParams;
}
type Screen = ComponentType<ScreenProps>;
type Module = { default: Screen };

/** Every screen. Each is a file of its own that is loaded when it is first wanted: the service worker has it. */
export const screens = {
  welcome: () => import('./screens/welcome'),
  words: () => import('./screens/words'),
  restore: () => import('./screens/restore'),
  bank: () => import('./screens/bank'),
  enrol: () => import('./screens/enrol'),
  home: () => import('./screens/home'),
  receive: () => import('./screens/receive'),
  pay: () => import('./screens/pay'),
  scan: () => import('./screens/scan'),
  show: () => import('./screens/show'),
  'they-have-it': () => import('./screens/they-have-it'),
  history: () => import('./screens/history'),
  receipt: () => import('./screens/receipt'),
  people: () => import('./screens/people'),
  'give-back': () => import('./screens/give-back'),
  wrong: () => import('./screens/wrong'),
  profiles: () => import('./screens/profiles'),
  pin: () => import('./screens/pin'),
  till: () => import('./screens/till'),
  'day-end': () => import('./screens/day-end'),
  sync: () => import('./screens/sync'),
  lost: () => import('./screens/lost'),
  settings: () => import('./screens/settings'),
  about: () => import('./screens/about'),
  language: () => import('./screens/language'),
  backup: () => import('./screens/backup'),
} satisfies Record<string, () => Promise<Module>>;

export type Name = keyof typeof screens;

export interface Place {
  name: Name;
  param: string;
  query: URLSearchParams;
}

/** Reads an address; what is no screen is the home screen. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', ...rest] = path.split('/');
  const known = Object.hasOwn(screens, name) ? (name as Name) : 'home';
  return { name: known, param: known === name ? decode(rest.join('/')) : '', query: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ''; // half an escape: somebody's broken link
  }
}

/** The address of a screen. */
export function hrefOf(name: Name, param = '', query: Record<string, string> = {}): string {
  const asked = new URLSearchParams(query).toString();
  return `#/${name}${param ? `/${encodeURIComponent(param)}` : ''}${asked ? `?${asked}` : ''}`;
}

export const place = signal<Place>(placeOf(location.hash));

addEventListener('hashchange', () => {
  place.value = placeOf(location.hash);
});

/** Goes to a screen; with replace, "back" does not come here again. */
export function go(name: Name, param = '', options: { replace?: boolean; query?: Record<string, string> } = {}): void {
  const href = hrefOf(name, param, options.query);
  if (options.replace) {
    history.replaceState(null, '', href);
    place.value = placeOf(href);
  } else if (location.hash !== href) {
    location.hash = href;
  }
}

/** Back to where the person came from; home when they came from nowhere. */
export function back(): void {
  if (history.length > 1) history.back();
  else go('home', '', { replace: true });
}

const loaded = new Map<Name, Screen>();

/** The screen, at once when it was here before. */
export function loadedScreen(name: Name): Screen | undefined {
  return loaded.get(name);
}

/** A screen that came with the page. */
export function bring(name: Name, screen: Screen): void {
  loaded.set(name, screen);
}

export async function loadScreen(name: Name): Promise<Screen> {
  const module: Module = await screens[name]();
  loaded.set(name, module.default);
  return module.default;
}
