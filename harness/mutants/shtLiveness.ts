/** # Mutants of the hash table's hosts that only who waits for something notices. */
import { type NamedMutant, patch } from './mutant.ts';
import { RESTLESS } from './shtTerms.ts';

const DELIVERY = 'protocol/sht/singleDelivery.ts';
const MOVING = 'protocol/sht/moving.ts';
const RECEIVING = 'protocol/sht/receiving.ts';
const REQUESTS = 'protocol/sht/requests.ts';
const SHT = 'protocol/sht/sht.ts';
const TELLING = 'protocol/sht/telling.ts';

export const liveness: readonly NamedMutant[] = [
  {
    name: 'sends nothing again',
    clauses: ['any'],
    patches: [patch(RECEIVING, 'waitingHosts(h).length > 0)', 'waitingHosts(h).length < 0)')],
  },
  {
    name: 'notes nothing of what it should send again',
    clauses: ['any'],
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
    clauses: ['any'],
    options: { ...RESTLESS, settings: { ...RESTLESS.settings, resent: 1 } },
    patches: [patch(DELIVERY, 'unacked.slice(0, maxResent)', 'unacked.slice(-maxResent)')],
  },
  {
    name: 'does not answer again who asks again',
    clauses: ['any'],
    patches: [patch(RECEIVING, 'isWaiting ? again(me, src, peer, parameters) : [];', '[];')],
  },
  {
    name: 'does not acknowledge again',
    clauses: ['any'],
    patches: [patch(RECEIVING, 'sends: [ack(h, src, seqno), ...answers]', 'sends: answers')],
  },
  {
    name: 'hears no acknowledgement',
    clauses: ['any'],
    patches: [patch(RECEIVING, "clause('it is news', seqno >", "clause('it is news', seqno <")],
  },
  {
    name: 'never carries an order out',
    clauses: ['any'],
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
    clauses: ['any'],
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
    clauses: ['any'],
    patches: [
      patch(
        SHT,
        "clause('a message is waiting', h.received !== undefined)",
        "clause('a message is waiting', false)",
      ),
    ],
  },
  {
    name: 'does not redirect',
    clauses: ['any'],
    patches: [patch(REQUESTS, `own", !isMine(h, content.key))`, `own", false)`)],
  },
  {
    name: 'refuses nothing',
    clauses: ['any'],
    options: { compatible: false },
    patches: [
      patch(
        TELLING,
        "clause('the original says nothing', !h.constants",
        "clause('the original says nothing', h.constants",
      ),
    ],
  },
];
