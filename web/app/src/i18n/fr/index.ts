import type { Catalogue } from '../types';
import { words } from './words';
import { errors } from './errors';

export const fr: Catalogue = {
  lang: 'fr',
  name: 'Français',
  draft: true,
  // prettier-ignore
  locale: {
    decimal: ',', group: '\u00a0', plural: 'zero-one', currency: 'after',
    months: ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'],
    days: ['dimanche', 'lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'],
    date: '{d} {month}', dateYear: '{d} {month} {y}', first: '1er',
  },
  words,
  errors,
  // prettier-ignore
  pictures: {
    fish: 'poisson', canoe: 'pirogue', hut: 'case', palm: 'cocotier', turtle: 'tortue',
    shell: 'coquillage', coconut: 'noix de coco', banana: 'banane', pineapple: 'ananas', taro: 'taro',
    bird: 'oiseau', pig: 'cochon', dog: 'chien', cat: 'chat', hen: 'poule',
    cow: 'vache', crab: 'crabe', octopus: 'pieuvre', shark: 'requin', whale: 'baleine',
    snake: 'serpent', butterfly: 'papillon', bee: 'abeille', spider: 'araignée', flower: 'fleur',
    leaf: 'feuille', tree: 'arbre', mountain: 'montagne', volcano: 'volcan', sun: 'soleil',
    moon: 'lune', star: 'étoile', cloud: 'nuage', rain: 'pluie', wave: 'vague',
    anchor: 'ancre', hook: 'hameçon', net: 'filet de pêche', paddle: 'pagaie', knife: 'couteau',
    axe: 'hache', hammer: 'marteau', ladder: 'échelle', cup: 'tasse', pot: 'marmite',
    basket: 'panier', drum: 'tambour', guitar: 'guitare', bell: 'cloche', book: 'livre',
    pencil: 'crayon', key: 'clé', lamp: 'lampe', fire: 'feu', bed: 'lit',
    chair: 'chaise', hat: 'chapeau', shirt: 'chemise', shoe: 'chaussure', umbrella: 'parapluie',
    truck: 'camion', plane: 'avion', ball: 'ballon', hand: 'main',
  },
};
