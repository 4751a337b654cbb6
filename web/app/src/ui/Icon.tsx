// Our own signs, 24 by 24, drawn with lines of the text's colour. They say nothing by themselves: a name goes with each.
const paths = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  menu: 'M4 6h16M4 12h16M4 18h16',
  eye: 'M2 12c5-8 15-8 20 0-5 8-15 8-20 0M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6',
  eyeOff: 'M2 12c5-8 15-8 20 0-5 8-15 8-20 0M4 20L20 4',
  next: 'M9 5l7 7-7 7',
  pay: 'M4 17L19 6M19 6h-8M19 6v8',
  receive: 'M19 6L5 18M5 18h8M5 18v-8',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  light: 'M8 3h8v4l-2 4v9h-4v-9L8 7zM12 13v2',
  paste: 'M8 5H5v16h14V5h-3M8 3h8v4H8z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  delete: 'M9 5h11v14H9l-6-7zM12 9l5 6M17 9l-5 6',
  check: 'M4 13l5 5L20 6',
  warning: 'M12 3l10 18H2zM12 10v5M12 18h.01',
  history: 'M4 5v5h5M4.5 10a8 8 0 1 1-.5 4M12 8v5l3 2',
  people:
    'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M2 21v-3a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v3M16 3a4 4 0 0 1 0 8M18 14a5 5 0 0 1 4 4v3',
  bank: 'M3 9l9-6 9 6zM5 9v9M10 9v9M14 9v9M19 9v9M3 21h18',
  sync: 'M4 11a8 8 0 0 1 14-4l2 2M20 4v5h-5M20 13a8 8 0 0 1-14 4l-2-2M4 20v-5h5',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4v6M9 14v6',
  share: 'M12 3v13M7 8l5-5 5 5M5 13v8h14v-8',
  lock: 'M6 11h12v10H6zM8 11V8a4 4 0 0 1 8 0v3',
  shop: 'M4 9h16l-2-5H6zM5 9v12h14V9M10 21v-6h4v6',
  help: 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18h.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  const side = `${size / 18}rem`; // grows with the text
  return (
    <svg class="icon" width={side} height={side} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
