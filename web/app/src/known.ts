// By what name and face this phone knows the people in its history.
import type { Person } from './api';
import { t } from './i18n';
import { allFaces, type Face } from './faces';
import { call } from './rpc';
import { home, profile } from './state';
import { useLoad } from './ui/useLoad';

export interface Known {
  people: Person[];
  /** The name given on this phone, else the one that the bank knows, else that of their account. */
  nameOf(account: string, otherName?: string): string;
  faceOf(account: string): Face | undefined;
}

/** Nobody is known until the answer is here. */
export const nobody: Known = {
  people: [],
  nameOf: (_, otherName) => otherName || t('word.somebody'),
  faceOf: () => undefined,
};

export async function known(): Promise<Known> {
  const [people, faces] = await Promise.all([call('people', {}), allFaces(profile.value?.id ?? '')]);
  const names = new Map(people.map(({ account, name }) => [account, name]));
  return {
    people,
    nameOf: (account, otherName) =>
      faces.get(account)?.name || otherName || names.get(account) || shortName(account) || t('word.somebody'),
    faceOf: (account) => faces.get(account),
  };
}

/** Of somebody without a name, the end of their account: enough to tell two of them apart. */
export const shortName = (account: string): string => account && `…${account.slice(-4)}`;

/** The people of the wallet that is open; `again` changes when one of them was changed here. */
export const useKnown = (again?: unknown): Known => useLoad(known, [home.value, again]) ?? nobody;
