import { expect, test } from 'vitest';
import type { Row } from '../api';
import { actText, stateText } from './states';

const row = (act: Row['act'], state: Row['state'], more: Partial<Row> = {}): string =>
  stateText({ act, state, covered: '0', seen: false, asset: 'VUV', decimals: 0, ...more });

test.each([
  ['paid', 'written', {}, 'not yet received: show it to them'],
  ['paid', 'handed over', { seen: true }, 'they have it, you saw the picture'],
  ['paid', 'acknowledged', { seen: true }, 'they have it'],
  ['paid', 'honoured', {}, 'the bank has paid it'],
  ['received', 'honoured', {}, 'the bank has it: it is yours'],
  ['received', 'dishonoured', {}, 'the bank has refused it: keep the proof'],
  [
    'received',
    'dishonoured',
    { covered: '700' },
    'the bank has refused it and still paid you 700\u00a0VT: keep the proof',
  ],
  ['gave back', 'dishonoured', {}, 'the bank has refused it: the money stays with you'],
  ['requested', 'expired', {}, 'too late, nobody paid it'],
] as const)('%s, %s', (act, state, more, want) => expect(row(act, state, more)).toBe(want));

test('acts', () => expect(actText('gave back')).toBe('You gave back'));
