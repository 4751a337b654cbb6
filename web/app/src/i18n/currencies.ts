// The money of the islands. Denominations are those in circulation; what stopped being struck is left out.

export type Note = { readonly value: number; readonly colour: string }; // its main colour
export type Coin = { readonly value: number; readonly metal: 'silver' | 'gold' | 'copper'; readonly edge?: number }; // corners

export type Currency = {
  readonly decimals: number;
  readonly sign: string; // before or after, as the language has it
  readonly notes: readonly Note[]; // largest first
  readonly coins: readonly Coin[]; // largest first
};

const note = (value: number, colour: string): Note => ({ value, colour });
const coin = (value: number, metal: Coin['metal'], edge?: number): Coin =>
  edge ? { value, metal, edge } : { value, metal };

export const currencies: Readonly<Record<string, Currency>> = {
  VUV: {
    decimals: 0,
    sign: 'VT',
    notes: [
      note(10000, '#8a6d1f'),
      note(5000, '#b0413e'),
      note(2000, '#3d7a46'),
      note(1000, '#a8502a'),
      note(500, '#7a3b6d'),
      note(200, '#6b4a9c'),
    ],
    coins: [coin(100, 'gold'), coin(50, 'silver'), coin(20, 'silver'), coin(10, 'silver'), coin(5, 'gold')],
  },
  PGK: {
    decimals: 2,
    sign: 'K',
    notes: [
      note(100, '#8a6a2f'),
      note(50, '#c0602a'),
      note(20, '#b03a3a'),
      note(10, '#2f5fa5'),
      note(5, '#7a4a97'),
      note(2, '#3d7a46'),
    ],
    coins: [coin(1, 'silver'), coin(0.5, 'silver'), coin(0.2, 'silver'), coin(0.1, 'silver'), coin(0.05, 'silver')],
  },
  TOP: {
    decimals: 2,
    sign: 'T$',
    notes: [
      note(100, '#a33b3b'),
      note(50, '#2f6f9f'),
      note(20, '#b5651d'),
      note(10, '#3d7a46'),
      note(5, '#7a4a97'),
      note(2, '#a03a66'),
    ],
    coins: [coin(1, 'gold'), coin(0.5, 'silver'), coin(0.2, 'silver'), coin(0.1, 'silver'), coin(0.05, 'copper')],
  },
  WST: {
    decimals: 2,
    sign: 'WS$',
    notes: [note(100, '#3d7a46'), note(50, '#6b4a9c'), note(20, '#a88a1c'), note(10, '#2f5fa5'), note(5, '#b03a3a')],
    coins: [coin(2, 'gold'), coin(1, 'gold'), coin(0.5, 'silver'), coin(0.2, 'silver'), coin(0.1, 'silver')],
  },
  FJD: {
    decimals: 2,
    sign: 'FJ$',
    notes: [note(100, '#a88a1c'), note(50, '#b03a3a'), note(20, '#2f5fa5'), note(10, '#6b4a9c'), note(5, '#3d7a46')],
    coins: [
      coin(2, 'gold', 12),
      coin(1, 'gold'),
      coin(0.5, 'silver', 12),
      coin(0.2, 'silver'),
      coin(0.1, 'silver'),
      coin(0.05, 'silver'),
    ],
  },
  AUD: {
    decimals: 2,
    sign: 'A$',
    notes: [note(100, '#3d7a5a'), note(50, '#a88a1c'), note(20, '#b5442c'), note(10, '#2f5fa5'), note(5, '#8a4a80')],
    coins: [
      coin(2, 'gold'),
      coin(1, 'gold'),
      coin(0.5, 'silver', 12),
      coin(0.2, 'silver'),
      coin(0.1, 'silver'),
      coin(0.05, 'silver'),
    ],
  },
  NZD: {
    decimals: 2,
    sign: 'NZ$',
    notes: [note(100, '#a33b3b'), note(50, '#6b4a9c'), note(20, '#3d7a46'), note(10, '#2f5fa5'), note(5, '#b5651d')],
    coins: [coin(2, 'gold'), coin(1, 'gold'), coin(0.5, 'silver'), coin(0.2, 'silver', 7), coin(0.1, 'copper')],
  },
};
