import type { Catalogue } from '../types';
import { words } from './words';
import { errors } from './errors';

export const sm: Catalogue = {
  lang: 'sm',
  name: 'Gagana Sāmoa',
  draft: true,
  // prettier-ignore
  locale: {
    decimal: '.', group: ',', plural: 'one', currency: 'before',
    months: ['Ianuari', 'Fepuari', 'Mati', 'Aperila', 'Mē', 'Iuni', 'Iulai', 'Aokuso', 'Setema', 'Oketopa', 'Novema', 'Tesema'],
    days: ['Aso Sā', 'Aso Gafua', 'Aso Lua', 'Aso Lulu', 'Aso Tofi', 'Aso Faraile', 'Aso Toʻonaʻi'],
    date: '{d} {month}', dateYear: '{d} {month} {y}',
  },
  words,
  errors,
  // prettier-ignore
  pictures: {
    fish: 'iʻa', canoe: 'vaʻa', hut: 'fale', palm: 'niu', turtle: 'laumei',
    shell: 'figota', coconut: 'popo', banana: 'faʻi', pineapple: 'fala', taro: 'talo',
    bird: 'manulele', pig: 'puaʻa', dog: 'maile', cat: 'pusi', hen: 'moa',
    cow: 'povi', crab: 'paʻa', octopus: 'feʻe', shark: 'malie', whale: 'tafolā',
    snake: 'gata', butterfly: 'pepe', bee: 'lagomeli', spider: 'apogaleveleve', flower: 'fugalaʻau',
    leaf: 'laulaʻau', tree: 'laʻau', mountain: 'mauga', volcano: 'mauga mu', sun: 'lā',
    moon: 'māsina', star: 'fetū', cloud: 'ao', rain: 'timu', wave: 'galu',
    anchor: 'taula', hook: 'matau', net: 'upega', paddle: 'foe', knife: 'naifi',
    axe: 'toʻi', hammer: 'samala', ladder: 'apefaʻi', cup: 'ipu', pot: 'ulo',
    basket: 'ato', drum: 'pate', guitar: 'kitara', bell: 'logo', book: 'tusi',
    pencil: 'penitala', key: 'kī', lamp: 'molī', fire: 'afi', bed: 'moega',
    chair: 'nofoa', hat: 'pulou', shirt: 'mitiafu', shoe: 'seʻevae', umbrella: 'faamalu',
    truck: 'loli', plane: 'vaalele', ball: 'polo', hand: 'lima',
  },
};
