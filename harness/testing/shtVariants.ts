/**
 * # Right and wrong protocols of a hash table
 *
 * Protocols with one mistake each, to see whether the laws find it: in a guard, in what a step
 * leaves, or in what it sends.
 */
import { allows, type Change, type Wrong } from './shtChanges.ts';
import { WRONG_DELIVERY } from './shtWrongDelivery.ts';
import { WRONG_KEYS } from './shtWrongKeys.ts';

/** Protocols that do what they should, if not always all that they could. */
export const RIGHT: readonly (readonly [what: string, change: Change])[] = [
  ['does as ours', (protocol) => protocol],
  ['never hands anything on', allows('delegate', () => false)],
  ['never takes an acknowledgement', allows('hearAck', () => false)],
  ['sends again at any time', allows('resend', (h, _, rightly) => rightly || h.noted.size > 0)],
];

/** Protocols that are wrong. */
export const WRONG: Wrong = [...WRONG_KEYS, ...WRONG_DELIVERY];
