import type { Catalogue } from '../types';
import { pictureNames, type PictureName } from '../../pictures/names';
import { words } from './words';
import { errors } from './errors';

const names = Object.fromEntries(pictureNames.map((name) => [name, name])) as Record<PictureName, string>;

export const en: Catalogue = {
  lang: 'en',
  name: 'English',
  draft: false,
  locale: {
    decimal: '.',
    group: ',',
    plural: 'one',
    currency: 'before',
    months: [
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ],
    days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    date: '{d} {month}',
    dateYear: '{d} {month} {y}',
  },
  words,
  errors,
  pictures: { ...names, net: 'fishing net', hut: 'house' },
};
