import type { Catalogue } from '../types';
import { words } from './words';
import { errors } from './errors';

export const fj: Catalogue = {
  lang: 'fj',
  name: 'Vosa vakaviti',
  draft: true,
  // prettier-ignore
  locale: {
    decimal: '.', group: ',', plural: 'other', currency: 'before',
    months: ['Janueri', 'Feperueri', 'Maji', 'Epereli', 'Me', 'June', 'Julai', 'Okosita', 'Seviteba', 'Okotova', 'Noveba', 'Tiseba'],
    days: ['Sigatabu', 'Moniti', 'Tusiti', 'Vukelulu', 'Lotulevu', 'Vakaraubuka', 'Vakarauwai'],
    date: '{d} ni {month}', dateYear: '{d} ni {month} {y}',
  },
  words,
  errors,
  // prettier-ignore
  pictures: {
    fish: 'ika', canoe: 'waqa', hut: 'vale', palm: 'niu', turtle: 'vonu',
    shell: 'qanivivili', coconut: 'bu', banana: 'jaina', pineapple: 'vadravu', taro: 'dalo',
    bird: 'manumanuvuka', pig: 'vuaka', dog: 'koli', cat: 'pusi', hen: 'toa',
    cow: 'bulumakau', crab: 'qari', octopus: 'kuita', shark: 'qio', whale: 'tovuto',
    snake: 'gata', butterfly: 'bebe', bee: 'oni', spider: 'viritalawalawa', flower: 'senikau',
    leaf: 'drau', tree: 'kau', mountain: 'ulunivanua', volcano: 'ulunivanua bukawaqa', sun: 'siga',
    moon: 'vula', star: 'kalokalo', cloud: 'o', rain: 'uca', wave: 'ua',
    anchor: 'ikelekele', hook: 'siwa', net: 'lawa', paddle: 'voce', knife: 'isele',
    axe: 'matau', hammer: 'amatau', ladder: 'ikabakaba', cup: 'bilo', pot: 'kuro',
    basket: 'su', drum: 'lali', guitar: 'kita', bell: 'lali kaukamea', book: 'ivola',
    pencil: 'peni', key: 'ki', lamp: 'cina', fire: 'buka', bed: 'idabedabe',
    chair: 'vuloa', hat: 'isala', shirt: 'sote', shoe: 'ivava', umbrella: 'iviu',
    truck: 'lori', plane: 'waqavuka', ball: 'polo', hand: 'liga',
  },
};
