import type { Catalogue } from '../types';
import { words } from './words';
import { errors } from './errors';

export const to: Catalogue = {
  lang: 'to',
  name: 'Lea faka-Tonga',
  draft: true,
  // prettier-ignore
  locale: {
    decimal: '.', group: ',', plural: 'other', currency: 'before',
    months: ['Sānuali', 'Fēpueli', 'Maʻasi', 'ʻEpeleli', 'Mē', 'Sune', 'Siulai', 'ʻAokosi', 'Sepitema', 'ʻOkatopa', 'Nōvema', 'Tīsema'],
    days: ['Sāpate', 'Mōnite', 'Tūsite', 'Pulelulu', 'Tuʻapulelulu', 'Falaite', 'Tokonaki'],
    date: '{d} ʻo {month}', dateYear: '{d} ʻo {month} {y}',
  },
  words,
  errors,
  // prettier-ignore
  pictures: {
    fish: 'ika', canoe: 'popao', hut: 'fale', palm: 'niu', turtle: 'fonu',
    shell: 'ngeʻesi fingota', coconut: 'fuaʻi niu', banana: 'siaine', pineapple: 'faina', taro: 'talo',
    bird: 'manupuna', pig: 'puaka', dog: 'kulī', cat: 'pusi', hen: 'moa',
    cow: 'pulu', crab: 'paka', octopus: 'feke', shark: 'ʻanga', whale: 'tofuaʻa',
    snake: 'ngata', butterfly: 'pepe', bee: 'pī', spider: 'hina', flower: 'matalaʻiʻakau',
    leaf: 'lauʻiʻakau', tree: 'ʻakau', mountain: 'moʻunga', volcano: 'moʻunga afi', sun: 'laʻā',
    moon: 'māhina', star: 'fetuʻu', cloud: 'ʻao', rain: 'ʻuha', wave: 'peau',
    anchor: 'taula', hook: 'mātaʻu', net: 'kupenga', paddle: 'fohe', knife: 'hele',
    axe: 'toki', hammer: 'hāmala', ladder: 'tuʻunga kaka', cup: 'ipu', pot: 'kulo',
    basket: 'kato', drum: 'nafa', guitar: 'kītā', bell: 'fafangu', book: 'tohi',
    pencil: 'peni vahevahe', key: 'kī', lamp: 'maama', fire: 'afi', bed: 'mohenga',
    chair: 'sea', hat: 'tatā', shirt: 'sote', shoe: 'sū', umbrella: 'fakamalu',
    truck: 'loli', plane: 'vakapuna', ball: 'pulu sipoti', hand: 'nima',
  },
};
