import type { Catalogue } from '../types';
import { words } from './words';
import { errors } from './errors';

export const tpi: Catalogue = {
  lang: 'tpi',
  name: 'Tok Pisin',
  draft: true,
  // prettier-ignore
  locale: {
    decimal: '.', group: ',', plural: 'other', currency: 'before',
    months: ['Janueri', 'Februeri', 'Mas', 'Epril', 'Me', 'Jun', 'Julai', 'Ogas', 'Septemba', 'Oktoba', 'Novemba', 'Disemba'],
    days: ['Sande', 'Mande', 'Tunde', 'Trinde', 'Fonde', 'Fraide', 'Sarere'],
    date: '{d} {month}', dateYear: '{d} {month} {y}',
  },
  words,
  errors,
  // prettier-ignore
  pictures: {
    fish: 'pis', canoe: 'kanu', hut: 'haus', palm: 'kokonas', turtle: 'trausel',
    shell: 'sel', coconut: 'drai kokonas', banana: 'banana', pineapple: 'painap', taro: 'taro',
    bird: 'pisin', pig: 'pik', dog: 'dok', cat: 'pusi', hen: 'kakaruk',
    cow: 'bulmakau', crab: 'kuka', octopus: 'kurita', shark: 'sak', whale: 'welpis',
    snake: 'snek', butterfly: 'bataplai', bee: 'binen', spider: 'spaida', flower: 'plaua',
    leaf: 'lip', tree: 'diwai', mountain: 'maunten', volcano: 'maunten paia', sun: 'san',
    moon: 'mun', star: 'sta', cloud: 'klaut', rain: 'ren', wave: 'bikpela si',
    anchor: 'anka', hook: 'huk', net: 'umben', paddle: 'pul', knife: 'naip',
    axe: 'tamiok', hammer: 'hama', ladder: 'lata', cup: 'kap', pot: 'sospen',
    basket: 'basket', drum: 'kundu', guitar: 'gita', bell: 'belo', book: 'buk',
    pencil: 'pensil', key: 'ki', lamp: 'lam', fire: 'paia', bed: 'bet',
    chair: 'sia', hat: 'hat', shirt: 'siot', shoe: 'su', umbrella: 'ambrela',
    truck: 'trak', plane: 'balus', ball: 'bal', hand: 'han',
  },
};
