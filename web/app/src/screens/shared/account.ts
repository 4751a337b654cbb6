// The account that 24 words stand for, and the person of this phone to whom it belongs.
import { Refusal, call } from '../../rpc';
import { addPerson, home, keep, phase, profile } from '../../state';
import { seedOf } from '../../words24';
import * as carried from './carried';

/** Makes the words those of the person who is here, or of a new one. Kept is only the account's address. */
export async function ownAccount(words: string[]): Promise<void> {
  if (phase.value === 'nobody' || !profile.value) await addPerson('');
  const seed = await seedOf(words);
  const { account } = await call('account', { seed });
  seed.fill(0);
  const mine = profile.value?.account;
  if (mine && mine !== account && home.value?.purses.length) throw new Refusal('bad_account'); // somebody else's words
  await keep({ account });
  carried.words.value = words;
}
