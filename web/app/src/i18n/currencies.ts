// The money of the islands: how its amounts are written, and its notes and coins in circulation. Colours are the main ones
// of the real notes; widths keep their order of size.

export type Note = { readonly value: number; readonly colour: string; readonly width: number }; // mm
export type Coin = {
  readonly value: number;
  readonly metal: 'silver' | 'gold' | 'copper';
  readonly width: number; // mm
  readonly edge?: number; // its corners, when it is not round
  readonly hole?: true;
};

export type Currency = {
  readonly decimals: number;
  readonly sign: string; // before or after the number, as the language has it
  readonly cent: string; // what stands on coins of less than one
  readonly notes: readonly Note[]; // largest first
  readonly coins: readonly Coin[]; // largest first
};

const note = (value: number, colour: string, width: number): Note => ({ value, colour, width });
const coin = (value: number, metal: Coin['metal'], width: number, shape: Pick<Coin, 'edge' | 'hole'> = {}): Coin => ({
  value,
  metal,
  width,
  ...shape,
});

// prettier-ignore
export const currencies: Readonly<Record<string, Currency>> = {
  VUV: {
    decimals: 0,
    sign: 'VT',
    cent: 'VT',
    notes: [
      note(10000, '#3f9fb5', 165),
      note(5000, '#8c3b4a', 158),
      note(2000, '#4f9d4a', 151),
      note(1000, '#c8553d', 144),
      note(500, '#d08aa0', 137),
      note(200, '#7d5aa6', 130),
    ],
    coins: [
      coin(100, 'gold', 23),
      coin(50, 'silver', 33),
      coin(20, 'silver', 28),
      coin(10, 'silver', 24),
      coin(5, 'gold', 20),
    ],
  },
  PGK: {
    decimals: 2,
    sign: 'K',
    cent: 't',
    notes: [
      note(100, '#b08a4a', 165),
      note(50, '#e08a2e', 158),
      note(20, '#b5452f', 151),
      note(10, '#3b6fb5', 144),
      note(5, '#8a5aa6', 137),
      note(2, '#4f9d4a', 130),
    ],
    coins: [
      coin(1, 'silver', 30, { hole: true }),
      coin(0.5, 'silver', 30, { edge: 7 }),
      coin(0.2, 'silver', 27),
      coin(0.1, 'silver', 23),
      coin(0.05, 'silver', 19),
    ],
  },
  TOP: {
    decimals: 2,
    sign: 'T$',
    cent: 's',
    notes: [
      note(100, '#b3304a', 150),
      note(50, '#3b6fb5', 150),
      note(20, '#e08a2e', 150),
      note(10, '#4f9d4a', 150),
      note(5, '#8a5aa6', 150),
      note(2, '#e0786e', 150),
    ],
    coins: [
      coin(1, 'gold', 25),
      coin(0.5, 'silver', 27),
      coin(0.2, 'silver', 24),
      coin(0.1, 'silver', 21),
      coin(0.05, 'silver', 18),
    ],
  },
  WST: {
    decimals: 2,
    sign: 'WS$',
    cent: 's',
    notes: [
      note(100, '#4f9d4a', 158),
      note(50, '#8a5aa6', 151),
      note(20, '#e8c23a', 144),
      note(10, '#3b6fb5', 137),
      note(5, '#c83d3d', 130),
    ],
    coins: [
      coin(2, 'gold', 27, { edge: 7 }),
      coin(1, 'gold', 25),
      coin(0.5, 'silver', 25),
      coin(0.2, 'silver', 22),
      coin(0.1, 'silver', 19),
    ],
  },
  FJD: {
    decimals: 2,
    sign: 'FJ$',
    cent: 'c',
    notes: [
      note(100, '#e8c23a', 158),
      note(50, '#c83d3d', 151),
      note(20, '#3b6fb5', 144),
      note(10, '#8a5aa6', 137),
      note(5, '#5fae3c', 130),
    ],
    coins: [
      coin(2, 'gold', 27, { edge: 7 }),
      coin(1, 'gold', 23),
      coin(0.5, 'silver', 26, { edge: 12 }),
      coin(0.2, 'silver', 24),
      coin(0.1, 'silver', 20),
      coin(0.05, 'silver', 18),
    ],
  },
  AUD: {
    decimals: 2,
    sign: 'A$',
    cent: 'c',
    notes: [
      note(100, '#4f9d6a', 158),
      note(50, '#e8c23a', 151),
      note(20, '#d2553a', 144),
      note(10, '#3b6fb5', 137),
      note(5, '#c07ab0', 130),
    ],
    coins: [
      coin(2, 'gold', 20),
      coin(1, 'gold', 25),
      coin(0.5, 'silver', 32, { edge: 12 }),
      coin(0.2, 'silver', 29),
      coin(0.1, 'silver', 24),
      coin(0.05, 'silver', 19),
    ],
  },
  NZD: {
    decimals: 2,
    sign: 'NZ$',
    cent: 'c',
    notes: [
      note(100, '#c83d3d', 158),
      note(50, '#8a5aa6', 151),
      note(20, '#4f9d4a', 144),
      note(10, '#3b6fb5', 137),
      note(5, '#e08a2e', 130),
    ],
    coins: [
      coin(2, 'gold', 27),
      coin(1, 'gold', 23),
      coin(0.5, 'silver', 25),
      coin(0.2, 'silver', 22),
      coin(0.1, 'copper', 20),
    ],
  },
};
