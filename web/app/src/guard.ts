// Which screens a person may see now: before the PIN only the PIN, before there is a bank only what leads to one.
import type { Name } from './router';
import type { Phase } from './state';

const always: Name[] = ['language', 'settings', 'about'];
const first: Name[] = [...always, 'welcome', 'words', 'restore', 'profiles'];
/** Where somebody with a wallet has nothing to do any more, whose way "back" leads through it all the same. */
const beforeWallet: Name[] = ['welcome', 'words', 'restore'];
const beforeBank: Name[] = [...first, 'bank', 'enrol', 'scan', 'pin', 'backup'];

/** What whoever stands at a shop's till may do: receive, give back, and show what was received. */
const atTill: Name[] = [
  'till',
  'receive',
  'scan',
  'give-back',
  'show',
  'they-have-it',
  'receipt',
  'day-end',
  'sync',
  'language',
];

/** The screen to show for the one that was asked for; undefined: the shell has its own for this phase. */
export function screenFor(phase: Phase, asked: Name, anybody: boolean, till = false): Name | undefined {
  switch (phase) {
    case 'nobody':
      return first.includes(asked) ? asked : anybody ? 'profiles' : 'welcome';
    case 'pin':
      return asked === 'profiles' || asked === 'language' || asked === 'restore' ? asked : 'pin';
    case 'new':
      return beforeBank.includes(asked) ? asked : 'welcome';
    case 'ready':
      if (till && !atTill.includes(asked)) return 'till';
      return beforeWallet.includes(asked) ? 'home' : asked;
    default:
      return undefined;
  }
}
