// Which pictures stand beside the right one when the payer must tap what the payee's phone shows.
import { pictureNames, type PictureName } from './names';

/** Pictures that look a little like each other. No two of one row are offered together. */
export const alike: readonly (readonly PictureName[])[] = [
  ['coconut', 'ball', 'sun', 'flower', 'pig', 'star'],
  ['banana', 'moon', 'knife', 'snake', 'hook'],
  ['fish', 'whale', 'turtle', 'bee', 'shell', 'leaf'],
  ['dog', 'cat', 'hen', 'cow'],
  ['crab', 'octopus', 'spider', 'butterfly'],
  ['palm', 'tree', 'taro', 'pineapple', 'cloud'],
  ['mountain', 'volcano', 'hut', 'net', 'basket', 'shark', 'wave', 'fire', 'rain'],
  ['cup', 'pot', 'drum', 'lamp', 'bell', 'hat'],
  ['axe', 'hammer', 'paddle', 'ladder', 'guitar', 'anchor'],
  ['pencil', 'key', 'bird', 'plane'],
  ['book', 'bed', 'chair', 'shirt', 'hand'],
  ['canoe', 'truck', 'shoe', 'umbrella'],
];

const rowOf = (n: number): number => alike.findIndex((row) => row.includes(pictureNames[n]));

const below = (n: number): number => crypto.getRandomValues(new Uint32Array(1))[0] % n;

/** Four pictures in any order, one of them the right one, each unlike the others. */
export function pictureChoices(right: number, random: (below: number) => number = below): number[] {
  const chosen = [right];
  while (chosen.length < 4) {
    const next = random(pictureNames.length);
    if (chosen.every((n) => rowOf(n) !== rowOf(next))) chosen.push(next);
  }
  const place = random(4);
  [chosen[0], chosen[place]] = [chosen[place], chosen[0]];
  return chosen;
}
