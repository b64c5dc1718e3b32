/**
 * # Mutants of when a running host of the hash table acts
 *
 * Each step of theirs is one of the protocol, for that leaves open when an action is taken. Only
 * who waits for something notices.
 */
import { type NamedMutant, patch } from '../mutant.ts';
import { RESTLESS } from '../shtTerms.ts';
import { HOST, MOVING, OURS, RECEIVING, RESENDING } from './terms.ts';

export const liveness: readonly NamedMutant[] = [
  {
    name: 'sleeps while a message is waiting',
    clauses: ['any'],
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
    clauses: ['any'],
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
    clauses: ['any'],
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
    clauses: ['any'],
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
    name: 'hands on only to whom it has never sent anything',
    clauses: ['any'],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'const underWay = peers.get(recipient)?.unacked.length ?? 0;',
        'const underWay = peers.get(recipient)?.lastSent ?? 0;',
      ),
    ],
  },
  {
    name: 'wakes to send again and does not',
    clauses: ['any'],
    options: RESTLESS,
    patches: [
      patch(
        RESENDING,
        "  if (!isAnybodyWaiting(h)) return 'idle';\n",
        "  if (h.resentAt >= 0) return 'idle';\n",
      ),
    ],
  },
  {
    name: 'receives packets only once nothing is to be handed on',
    clauses: ['any'],
    options: OURS,
    patches: [
      patch(
        HOST,
        "    if (wake === 'packet') return receive(this, io);\n    const place = placeOfNext(this);\n",
        "    const place = this.orders.length > 0 ? (placeOfNext(this) ?? -1) : undefined;\n    if (place === -1) return resend(this, io);\n    if (place === undefined && wake === 'packet') return receive(this, io);\n",
      ),
    ],
  },
  {
    name: 'leaves clients that ask again without what it has told them',
    clauses: ['any'],
    patches: [
      patch(
        RECEIVING,
        'if (msg.seqno < next) return acceptAgain(',
        'if (msg.seqno < next - 1) return acceptAgain(',
      ),
    ],
  },
];
