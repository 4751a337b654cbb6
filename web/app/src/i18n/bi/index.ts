import type { Catalogue } from '../types';
import { words } from './words';
import { errors } from './errors';

export const bi: Catalogue = {
  lang: 'bi',
  name: 'Bislama',
  draft: true,
  // prettier-ignore
  locale: {
    decimal: '.', group: ',', plural: 'other', currency: 'before',
    months: ['Januari', 'Februari', 'Maj', 'Epril', 'Mei', 'Jun', 'Julae', 'Ogis', 'Septemba', 'Oktoba', 'Novemba', 'Disemba'],
    days: ['Sande', 'Mande', 'Tusde', 'Wenesde', 'Tosde', 'Fraede', 'Sarede'],
    date: '{d} {month}', dateYear: '{d} {month} {y}',
  },
  words,
  errors,
  // prettier-ignore
  pictures: {
    fish: 'fis', canoe: 'kenu', hut: 'haos', palm: 'pam tri', turtle: 'totel',
    shell: 'sel', coconut: 'kokonas', banana: 'banana', pineapple: 'paenapol', taro: 'taro',
    bird: 'pijin', pig: 'pig', dog: 'dog', cat: 'puskat', hen: 'faol',
    cow: 'buluk', crab: 'krab', octopus: 'nawita', shark: 'sak', whale: 'wel',
    snake: 'snek', butterfly: 'bataflae', bee: 'bi', spider: 'spaeda', flower: 'flaoa',
    leaf: 'lif', tree: 'tri', mountain: 'hil', volcano: 'volkeno', sun: 'san',
    moon: 'mun', star: 'sta', cloud: 'klaod', rain: 'ren', wave: 'wef',
    anchor: 'angka', hook: 'huk', net: 'net', paddle: 'padel', knife: 'naef',
    axe: 'akis', hammer: 'hama', ladder: 'lada', cup: 'kap', pot: 'sospen',
    basket: 'basket', drum: 'tamtam', guitar: 'gita', bell: 'bel', book: 'buk',
    pencil: 'pensel', key: 'ki', lamp: 'lam', fire: 'faea', bed: 'bed',
    chair: 'jea', hat: 'hat', shirt: 'sot', shoe: 'sus', umbrella: 'ambrela',
    truck: 'trak', plane: 'plen', ball: 'bol', hand: 'han',
  },
};
