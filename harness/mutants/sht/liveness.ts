/**
 * # Mutants of when a running host of the hash table acts
 *
 * Each step of theirs is one of the protocol, for that leaves open when an action is taken. Only
 * who waits for something notices.
 */
import { type NamedMutant, patch } from '../mutant.ts';
import { LANDS, RESTLESS } from '../shtTerms.ts';
import { HOST, RESENDING } from './terms.ts';

export const liveness: readonly NamedMutant[] = [
  {
    name: 'sleeps while a message is waiting',
    clauses: LANDS,
    options: { hosts: 3, compatible: false, settings: { peers: 4, clients: 6 } },
    patches: [
      patch(
        HOST,
        'if (this.received !== undefined && !isStuck(this, this.received)) {\n      return Number.NEGATIVE_INFINITY;\n    }\n',
        '',
      ),
    ],
  },
  {
    name: 'sleeps while an order is to be carried out',
    clauses: LANDS,
    options: RESTLESS,
    patches: [
      patch(
        HOST,
        '    if (placeOfNext(this) !== undefined) return Number.NEGATIVE_INFINITY;\n',
        '',
      ),
    ],
  },
  {
    name: 'sleeps while a host has not acknowledged something',
    clauses: LANDS,
    options: RESTLESS,
    patches: [
      patch(
        HOST,
        'if (!isAnybodyWaiting(this)) return Number.POSITIVE_INFINITY;\n    return this.resentAt + this.constants.parameters.resendPeriod;',
        'return Number.POSITIVE_INFINITY;',
      ),
    ],
  },
  {
    name: 'wakes to carry orders out and sends again instead',
    clauses: LANDS,
    options: RESTLESS,
    patches: [
      patch(
        HOST,
        'return place === undefined ? resend(this, io) : delegate(this, io, place);',
        'return place === undefined || place >= 0 ? resend(this, io) : delegate(this, io, place);',
      ),
    ],
  },
  {
    name: 'wakes to send again and does not',
    clauses: LANDS,
    options: RESTLESS,
    patches: [
      patch(
        RESENDING,
        "  if (!isAnybodyWaiting(h)) return 'idle';\n",
        "  if (h.resentAt >= 0) return 'idle';\n",
      ),
    ],
  },
];
