/**
 * # Mutants of single delivery in the hash table
 *
 * Numbers, acknowledgements, and what is sent again: whatever comes twice, or not at all, or under
 * another number than before.
 */
import { type NamedMutant, patch } from './mutant.ts';
import { RESTLESS, SPECIFIED } from './shtTerms.ts';

const DELIVERY = 'protocol/sht/singleDelivery.ts';
const HOST = 'protocol/sht/host.ts';
const RECEIVING = 'protocol/sht/receiving.ts';

const accepting: readonly NamedMutant[] = [
  {
    name: 'does not advance the tombstone',
    clauses: ['S7'],
    patches: [
      patch(
        RECEIVING,
        'const peer = { ...peerOf(h.peers, src), accepted: msg.seqno };',
        'const peer = peerOf(h.peers, src);',
      ),
    ],
  },
  {
    name: 'accepts its sender’s last number again',
    clauses: ['S4', 'S17', SPECIFIED],
    patches: [
      patch(
        RECEIVING,
        "'it is the next of its sender', seqno === peerOf(h.peers, src).accepted + 1)",
        "'it is the next of its sender', seqno - peerOf(h.peers, src).accepted <= 1)",
      ),
    ],
  },
  {
    name: 'accepts what comes before its turn',
    clauses: ['S17'],
    options: RESTLESS,
    patches: [
      patch(
        RECEIVING,
        "'it is the next of its sender', seqno === peerOf(h.peers, src).accepted + 1)",
        "'it is the next of its sender', seqno > peerOf(h.peers, src).accepted)",
      ),
    ],
  },
  {
    name: 'accepts while another message is waiting',
    clauses: ['S4', 'S24', SPECIFIED],
    options: RESTLESS,
    patches: [
      patch(
        RECEIVING,
        "    placeIsFree(h)\n    ?? clause('it is the next of its sender', ",
        "    clause('it is the next of its sender', ",
      ),
    ],
  },
  {
    name: 'acknowledges what it throws away because another message is waiting',
    clauses: ['S19'],
    options: RESTLESS,
    patches: [
      patch(
        RECEIVING,
        "placeIsFree(h) ?? clause('it has been accepted before', seqno <= peerOf(h.peers, src).accepted)",
        `clause(
      'it has been accepted before',
      seqno <= peerOf(h.peers, src).accepted + (h.received === undefined ? 0 : 1),
    )`,
      ),
    ],
  },
  {
    name: 'acknowledges the number after the one that it has accepted',
    clauses: ['S19'],
    options: RESTLESS,
    patches: [
      patch(RECEIVING, 'sends: [ack(h, src, msg.seqno)],', 'sends: [ack(h, src, msg.seqno + 1)],'),
    ],
  },
  {
    name: 'forgets what it has accepted when it answers',
    clauses: ['S17'],
    patches: [patch(DELIVERY, '      accepted: peer.accepted,\n', '      accepted: 0,\n')],
  },
  {
    name: 'processes what is waiting and leaves it there',
    clauses: ['S20', 'S23', 'S24', 'S27', SPECIFIED],
    patches: [patch(HOST, 'return step(done(h), msg.content', 'return step(h, msg.content')],
  },
  {
    name: 'forgets all peers but the one that it hears',
    clauses: ['S17'],
    patches: [patch(DELIVERY, 'new Map(peers).set(id, peer)', 'new Map([[id, peer]])')],
  },
];

const sending: readonly NamedMutant[] = [
  {
    name: 'uses the last number once more',
    clauses: ['S9', 'S11'],
    patches: [patch(DELIVERY, 'seqno: lastSent(peer) + 1, dst', 'seqno: lastSent(peer), dst')],
  },
  {
    name: 'does not keep what it has sent',
    clauses: ['S4', 'S12', 'S24'],
    patches: [patch(DELIVERY, 'unacked: [...peer.unacked, msg],', 'unacked: peer.unacked,')],
  },
  {
    name: 'keeps only the last that it has sent',
    clauses: ['S9', 'S24'],
    patches: [patch(DELIVERY, 'unacked: [...peer.unacked, msg],', 'unacked: [msg],')],
  },
  {
    name: 'keeps what it has not sent',
    clauses: ['S10'],
    options: RESTLESS,
    patches: [
      patch(
        HOST,
        '    sends: [{ src: h.constants.me, dst, msg }],\n',
        "    sends: content.type === 'delegate' ? [] : [{ src: h.constants.me, dst, msg }],\n",
      ),
    ],
  },
  {
    name: 'sends under another number than it keeps',
    clauses: ['S10'],
    patches: [
      patch(
        HOST,
        'sends: [{ src: h.constants.me, dst, msg }],',
        'sends: [{ src: h.constants.me, dst, msg: { ...msg, seqno: msg.seqno + 1 } }],',
      ),
    ],
  },
  {
    name: 'sends again under a new number',
    clauses: ['S11', 'S12'],
    options: RESTLESS,
    patches: [
      patch(
        RECEIVING,
        '.flatMap(([id, peer]) => again(me, id, peer, parameters)),',
        `.flatMap(([id, peer]) =>
          again(me, id, peer, parameters).map(({ msg, ...packet }) => ({
            ...packet,
            msg: msg.type === 'single' ? { ...msg, seqno: msg.seqno + peer.unacked.length } : msg,
          })),
        ),`,
      ),
    ],
  },
  {
    name: 'sends again without what a delegation carries',
    clauses: ['S11'],
    options: RESTLESS,
    patches: [
      patch(
        DELIVERY,
        'unacked.slice(0, maxResent).map((msg) => ({ src, dst, msg }));',
        `unacked.slice(0, maxResent).map((msg) => ({
    src,
    dst,
    msg:
      msg.content.type === 'delegate'
        ? { ...msg, content: { ...msg.content, table: msg.content.table.within(1n, 0n) } }
        : msg,
  }));`,
      ),
    ],
  },
  {
    name: 'sends again to itself',
    clauses: ['S8'],
    options: RESTLESS,
    patches: [
      patch(
        RECEIVING,
        '.flatMap(([id, peer]) => again(me, id, peer, parameters)),',
        '.flatMap(([, peer]) => again(me, me, peer, parameters)),',
      ),
    ],
  },
];

/** B3. */
export const delivery: readonly NamedMutant[] = [...accepting, ...sending];
