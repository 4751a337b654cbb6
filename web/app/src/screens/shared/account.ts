// The account that 24 words stand for, and the person of this phone to whom it belongs.
import { call } from '../../rpc';
import { addPerson, keep, phase, profile } from '../../state';
import { seedOf } from '../../words24';
import * as carried from './carried';

/** Makes the words those of the person who is here, or of a new one. Kept is only the account's address. */
export async function ownAccount(words: string[]): Promise<void> {
  if (phase.value === 'nobody' || !profile.value) await addPerson('');
  const seed = await seedOf(words);
  const { account } = await call('account', { seed });
  seed.fill(0);
  await keep({ account });
  carried.words.value = words;
}
