import type { ComponentChildren } from 'preact';
import { amount as written, currencies, number, sayAmount, t } from '../i18n';
import type { Coin, Currency, Note } from '../i18n/currencies';
import { split, type Piece, type Pile } from './pieces';

interface Props {
  amount: string; // a decimal amount
  asset: string; // the currency's code
}

/** An amount as notes and coins, for who does not read numbers. Nothing for money whose notes we do not know. */
export function Notes({ amount, asset }: Props) {
  if (!Object.hasOwn(currencies, asset) || !/^\d+(\.\d+)?$/.test(amount)) return null;
  const money = currencies[asset];
  const { notes, coins, rest } = split(amount, money);
  const piles = [...notes, ...coins];
  if (!piles.length) return null;
  const list = piles.map(({ piece, n }) => t('money.times', { n, value: sayAmount(String(piece.value), asset, 0) }));
  return (
    <div class="notes" role="img" aria-label={t('money.notes', { list: list.join(', ') })}>
      {notes.map((pile) => (
        <PileOf key={pile.piece.value} pile={pile} width={pile.piece.width} height={68} dx={6} dy={8}>
          <NotePicture note={pile.piece} rank={pile.rank} />
        </PileOf>
      ))}
      {coins.map((pile) => (
        <PileOf
          key={pile.piece.value}
          pile={pile}
          width={2 * radius(pile.piece)}
          height={2 * radius(pile.piece)}
          dx={16}
          dy={0}
        >
          <CoinPicture coin={pile.piece} money={money} />
        </PileOf>
      ))}
      {rest && <span class="notes-rest">+ {written(rest, asset)}</span>}
    </div>
  );
}

interface PileProps {
  pile: Pile<Piece>;
  width: number;
  height: number;
  dx: number; // how far each lies beside and below the one behind it
  dy: number;
  children: ComponentChildren;
}

/** Pieces of one kind: up to five lie beside each other to be counted by eye, more are one with its number. */
function PileOf({ pile, width, height, dx, dy, children }: PileProps) {
  const shown = pile.n > 5 ? 1 : pile.n;
  const wide = width + dx * (shown - 1) + 2;
  const high = height + dy * (shown - 1) + 2;
  return (
    <span class="notes-pile">
      <svg width={wide} height={high} viewBox={`-1 -1 ${wide} ${high}`} aria-hidden="true">
        {Array.from({ length: shown }, (_, i) => (
          <g key={i} transform={`translate(${i * dx} ${i * dy})`}>
            {children}
          </g>
        ))}
      </svg>
      {pile.n > shown && <b class="notes-times">× {number(pile.n)}</b>}
    </span>
  );
}

const luminance = (colour: string): number => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return (r * 299 + g * 587 + b * 114) / 1000;
};

const inkOn = (colour: string): string => (luminance(colour) > 140 ? '#1b1b1b' : '#ffffff');

/** A note: its colour, its width, its number, and a bar for each smaller one and itself. */
function NotePicture({ note, rank }: { note: Note; rank: number }) {
  const ink = inkOn(note.colour);
  const { width: w } = note;
  const bars = Array.from({ length: rank }, (_, i) => `M${9 + i * 5} 12V56`).join('');
  return (
    <>
      <rect width={w} height="68" rx="4" fill={note.colour} stroke="#1b1b1b" />
      <rect x="4" y="4" width={w - 8} height="60" rx="2" fill="none" stroke={ink} stroke-opacity=".6" />
      <path d={bars} stroke={ink} stroke-opacity=".75" stroke-width="2.5" />
      <text x={w - 10} y="46" text-anchor="end" font-size="32" font-weight="700" fill={ink}>
        {note.value}
      </text>
    </>
  );
}

const metals: Readonly<Record<Coin['metal'], string>> = { silver: '#c9cdd2', gold: '#d9b24a', copper: '#c98a5a' };

function corners(n: number, r: number): string {
  const at = (i: number): string => {
    const angle = (2 * Math.PI * i) / n - Math.PI / 2;
    return `${(r + r * Math.cos(angle)).toFixed(1)},${(r + r * Math.sin(angle)).toFixed(1)}`;
  };
  return Array.from({ length: n }, (_, i) => at(i)).join(' ');
}

/** Larger than the notes’ scale, so that no number on a coin is below 16 px. */
const radius = (coin: Coin): number => 11 + coin.width * 0.52;

function CoinPicture({ coin, money }: { coin: Coin; money: Currency }) {
  const r = radius(coin);
  const look = { fill: metals[coin.metal], stroke: '#1b1b1b' };
  const text = coin.value < 1 ? Math.round(coin.value * 100) + money.cent : String(coin.value);
  return (
    <>
      {coin.edge ? <polygon points={corners(coin.edge, r)} {...look} /> : <circle cx={r} cy={r} r={r} {...look} />}
      {coin.hole && <circle cx={r} cy={r * 0.5} r={r * 0.2} fill="#ffffff" stroke="#1b1b1b" />}
      <text
        x={r}
        y={r * (coin.hole ? 1.6 : 1.28)}
        text-anchor="middle"
        font-size={Math.max(16, r * 0.8)}
        font-weight="700"
        fill="#1b1b1b"
      >
        {text}
      </text>
    </>
  );
}
