/** # Mutants of acknowledgements in the hash table, and of what they leave behind. */
import { type NamedMutant, patch } from './mutant.ts';

const DELIVERY = 'protocol/sht/singleDelivery.ts';
const RECEIVING = 'protocol/sht/receiving.ts';

const acknowledged: readonly NamedMutant[] = [
  {
    name: 'forgets one message fewer than are acknowledged',
    clauses: ['S9'],
    patches: [
      patch(
        DELIVERY,
        'unacked: peer.unacked.slice(count),',
        'unacked: peer.unacked.slice(count - 1),',
      ),
    ],
  },
  {
    name: 'forgets one message more than are acknowledged',
    clauses: ['S9', 'S17'],
    patches: [
      patch(
        DELIVERY,
        'unacked: peer.unacked.slice(count),',
        'unacked: peer.unacked.slice(count + 1),',
      ),
    ],
  },
  {
    name: 'takes an acknowledgement for one of a single message',
    clauses: ['S9'],
    patches: [
      patch(
        DELIVERY,
        'unacked: peer.unacked.slice(count),',
        'unacked: peer.unacked.filter((msg) => msg.seqno !== seqno),',
      ),
    ],
  },
  {
    name: 'believes an acknowledgement that is old',
    clauses: ['S17'],
    patches: [
      patch(
        RECEIVING,
        "clause('it is news', seqno > peerOf(h.peers, src).acked)",
        "clause('it is news', seqno !== peerOf(h.peers, src).acked)",
      ),
    ],
  },
  {
    name: 'counts the bytes of what is acknowledged for ever',
    clauses: ['S9'],
    patches: [
      patch(
        DELIVERY,
        '    unackedBytes -= bytesOf((peer.unacked[place] as SingleMessage).content);\n',
        '',
      ),
    ],
  },
];

const limits: readonly NamedMutant[] = [
  {
    name: 'speaks to more than it has room for',
    clauses: ['S16'],
    options: { hosts: 2, settings: { peers: 2, clients: 6 } },
    patches: [patch(RECEIVING, 'peers.size < constants.parameters.maxPeers;', 'true;')],
  },
  {
    name: 'answers whoever acknowledges nothing',
    clauses: ['S20', 'S27'],
    options: { settings: { unacked: 1, clients: 6 } },
    patches: [patch(RECEIVING, 'unacked.length < maxUnacked &&', '')],
  },
  {
    name: 'gives numbers beyond the last',
    clauses: ['S15'],
    options: { settings: { maxSeqno: 3 } },
    patches: [patch(DELIVERY, 'lastSent(peer) < maxSeqno;', 'lastSent(peer) < Infinity;')],
  },
];

/** B3. */
export const acks: readonly NamedMutant[] = [...acknowledged, ...limits];
