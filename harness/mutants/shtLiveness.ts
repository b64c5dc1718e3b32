/** # Mutants of the hash table's hosts that only who waits for something notices. */
import { type NamedMutant, patch } from './mutant.ts';
import { LANDS, RESTLESS } from './shtTerms.ts';

const DELIVERY = 'protocol/sht/singleDelivery.ts';
const MOVING = 'protocol/sht/moving.ts';
const RECEIVING = 'protocol/sht/receiving.ts';
const SHT = 'protocol/sht/sht.ts';

export const liveness: readonly NamedMutant[] = [
  {
    name: 'sends nothing again',
    clauses: LANDS,
    patches: [patch(RECEIVING, 'waitingHosts(h).length > 0)', 'waitingHosts(h).length < 0)')],
  },
  {
    name: 'notes nothing of what it should send again',
    clauses: LANDS,
    patches: [
      patch(
        RECEIVING,
        'noted: new Map(waiting.map(([id, peer]) => [id, firstUnacked(peer)])),',
        'noted: new Map(),',
      ),
    ],
  },
  {
    name: 'sends again only what it has sent last',
    clauses: LANDS,
    options: { ...RESTLESS, settings: { ...RESTLESS.settings, resent: 1 } },
    patches: [patch(DELIVERY, 'unacked.slice(0, maxResent)', 'unacked.slice(-maxResent)')],
  },
  {
    name: 'does not acknowledge again',
    clauses: LANDS,
    patches: [patch(RECEIVING, 'sends: [ack(h, src, seqno), ...answers]', 'sends: answers')],
  },
  {
    name: 'hears no acknowledgement',
    clauses: LANDS,
    patches: [patch(RECEIVING, "clause('it is news', seqno >", "clause('it is news', seqno <")],
  },
  {
    name: 'never carries an order out',
    clauses: LANDS,
    options: { compatible: false },
    patches: [
      patch(
        MOVING,
        "clause('there is an order', h.orders.length > 0)",
        "clause('there is an order', false)",
      ),
    ],
  },
  {
    name: 'carries orders out only to whom nothing was sent',
    clauses: LANDS,
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'const underWay = peerOf(peers, recipient).unacked.length;',
        'const { unacked, acked } = peerOf(peers, recipient);\n  const underWay = unacked.length + acked;',
      ),
    ],
  },
  {
    name: 'keeps for ever what it can do nothing with',
    clauses: LANDS,
    patches: [
      patch(
        SHT,
        "clause('a message is waiting', h.received !== undefined)",
        "clause('a message is waiting', false)",
      ),
    ],
  },
];
