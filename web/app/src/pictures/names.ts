// The 64 pictures in the order of wallet.Picture. Never reorder: two phones must show the same one.
// prettier-ignore
export const pictureNames = [
  'fish', 'canoe', 'hut', 'palm', 'turtle', 'shell', 'coconut', 'banana',
  'pineapple', 'taro', 'bird', 'pig', 'dog', 'cat', 'hen', 'cow',
  'crab', 'octopus', 'shark', 'whale', 'snake', 'butterfly', 'bee', 'spider',
  'flower', 'leaf', 'tree', 'mountain', 'volcano', 'sun', 'moon', 'star',
  'cloud', 'rain', 'wave', 'anchor', 'hook', 'net', 'paddle', 'knife',
  'axe', 'hammer', 'ladder', 'cup', 'pot', 'basket', 'drum', 'guitar',
  'bell', 'book', 'pencil', 'key', 'lamp', 'fire', 'bed', 'chair',
  'hat', 'shirt', 'shoe', 'umbrella', 'truck', 'plane', 'ball', 'hand',
] as const;

export type PictureName = (typeof pictureNames)[number];
