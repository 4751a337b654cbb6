// Which notes and coins make up an amount.
import type { Coin, Currency, Note } from '../i18n/currencies';

export type Piece = Note | Coin;
export type Pile<P extends Piece = Piece> = { readonly piece: P; readonly n: number; readonly rank: number }; // 1: the smallest

export type Pieces = { readonly notes: Pile<Note>[]; readonly coins: Pile<Coin>[]; readonly rest: string }; // less than the smallest coin; '' when nothing

const places = 7; // of an amount; what is below is not there

const units = (text: string): bigint => {
  const [whole, rest = ''] = text.split('.');
  return BigInt(whole + rest.padEnd(places, '0').slice(0, places));
};

const unitsOf = (value: number): bigint => BigInt(Math.round(value * 10 ** places));

const textOf = (n: bigint): string => {
  const digits = n.toString().padStart(places + 1, '0');
  const rest = digits.slice(-places).replace(/0+$/, '');
  return rest ? digits.slice(0, -places) + '.' + rest : digits.slice(0, -places);
};

/** The fewest pieces: with 1, 2 and 5 the largest that fits is always right. */
export function split(amount: string, money: Currency): Pieces {
  let left = units(amount);
  const take = <P extends Piece>(pieces: readonly P[]): Pile<P>[] =>
    pieces.flatMap((piece, i) => {
      const n = left / unitsOf(piece.value);
      left %= unitsOf(piece.value);
      return n > 0n ? [{ piece, n: Number(n), rank: pieces.length - i }] : [];
    });
  const notes = take(money.notes);
  const coins = take(money.coins);
  return { notes, coins, rest: left > 0n ? textOf(left) : '' };
}
