/** # Mutants of what running hosts of the hash table do with packets, and of what they send again. */
import { type NamedMutant, patch } from '../mutant.ts';
import { OF_USE, SENDS, STATE, unless } from '../replica/terms.ts';
import { ORIGINAL, RESTLESS } from '../shtTerms.ts';
import { HOST, OURS, PEER, RECEIVING, RESENDING } from './terms.ts';

const accepting: readonly NamedMutant[] = [
  {
    name: 'accepts and does not note it',
    clauses: [STATE],
    patches: [
      patch(RECEIVING, '(peer ?? h.peerOf(src)).accepted = msg.seqno;', 'peer ?? h.peerOf(src);'),
    ],
  },
  {
    name: 'accepts numbers that are not next',
    clauses: [unless('it is the next of its sender')],
    patches: [
      patch(
        RECEIVING,
        'if (msg.seqno > next) h.counters.tooEarly++;',
        'if (msg.seqno > next + 1) h.counters.tooEarly++;',
      ),
    ],
  },
  {
    name: 'throws its own message away for one that comes',
    clauses: [unless('no other message is waiting')],
    patches: [
      patch(
        HOST,
        '    if (this.received !== undefined && !isStuck(this, this.received)) {\n      return process',
        "    if (this.received !== undefined && wake !== 'packet') {\n      return process",
      ),
      patch(RECEIVING, "  if (h.received !== undefined) return 'ignore';\n", ''),
    ],
  },
  {
    name: 'acknowledges and does not accept',
    clauses: [unless('it has been accepted before')],
    patches: [patch(RECEIVING, 'if (msg.seqno < next) return', 'if (msg.seqno <= next) return')],
  },
  {
    name: 'does not acknowledge what it accepts',
    clauses: [SENDS],
    patches: [patch(RECEIVING, '    io.send(src, marshalAck(msg.seqno));\n', '')],
  },
  {
    name: 'acknowledges only what is new',
    clauses: [SENDS],
    patches: [patch(RECEIVING, '  io.send(src, marshalAck(seqno));\n', '')],
  },
  {
    name: 'answers again whoever repeats anything',
    clauses: [SENDS],
    patches: [
      patch(RECEIVING, 'peer !== undefined && seqno === peer.accepted &&', 'peer !== undefined &&'),
    ],
  },
  {
    name: 'sends hosts again what they have not acknowledged when they repeat something',
    clauses: [SENDS],
    ground: 'arbitrary states',
    patches: [
      patch(
        RECEIVING,
        'seqno === peer.accepted && !h.constants.hosts.has(src))',
        'seqno === peer.accepted)',
      ),
    ],
  },
  {
    name: 'has room for everybody',
    clauses: [unless('its sender is known, or there is room for another')],
    options: { hosts: 2, settings: { peers: 2, clients: 6 } },
    patches: [
      patch(RECEIVING, 'peers.size < constants.parameters.maxPeers ||', 'peers.size >= 0 ||'),
    ],
  },
  {
    name: 'has no room for a host',
    clauses: [unless('the message is not to be accepted'), unless('it acknowledges nothing new')],
    options: { hosts: 3, settings: { peers: 3, clients: 6 } },
    patches: [patch(RECEIVING, 'maxPeers || constants.hosts.has(src);', 'maxPeers;')],
  },
  {
    name: 'answers one more than it may whoever acknowledges nothing',
    clauses: [unless('its sender acknowledges what it is answered')],
    options: { settings: { unacked: 2, clients: 6 } },
    patches: [patch(RECEIVING, 'if (length < maxUnacked &&', 'if (length <= maxUnacked &&')],
  },
  {
    name: 'does not count the bytes that wait for an acknowledgement',
    clauses: [unless('its sender acknowledges what it is answered')],
    options: { settings: { unackedBytes: 4, clients: 6 } },
    patches: [
      patch(RECEIVING, ' && (peer?.unackedBytes ?? 0) < maxUnackedBytes) return', ') return'),
    ],
  },
];

const acknowledged: readonly NamedMutant[] = [
  {
    name: 'believes an acknowledgement of what it never sent',
    clauses: [unless('that was sent')],
    options: OURS,
    patches: [
      patch(
        RECEIVING,
        'h.constants.parameters.compatible || seqno <= (peer?.lastSent ?? 0);',
        'seqno >= 0;',
      ),
    ],
  },
  {
    name: 'believes no acknowledgement of what it never sent, though the original does',
    clauses: [unless('it acknowledges nothing new')],
    options: ORIGINAL,
    patches: [
      patch(
        RECEIVING,
        'h.constants.parameters.compatible || seqno <= (peer?.lastSent ?? 0);',
        'seqno <= (peer?.lastSent ?? 0);',
      ),
    ],
  },
  {
    name: 'believes old acknowledgements',
    clauses: [unless('it is news')],
    patches: [
      patch(
        RECEIVING,
        'const isNews = seqno > (peer?.acked ?? 0);',
        'const isNews = seqno >= (peer?.acked ?? 0);',
      ),
    ],
  },
  {
    name: 'notes an acknowledgement before it counts what that is for',
    clauses: [STATE],
    patches: [
      patch(
        PEER,
        '    const count = Math.min(seqno - this.acked, this.unacked.length);\n    this.acked = seqno;\n',
        '    this.acked = seqno;\n    const count = Math.min(seqno - this.acked, this.unacked.length);\n',
      ),
    ],
  },
  {
    name: 'forgets the last of those that are acknowledged and not the first',
    clauses: [STATE],
    patches: [
      patch(
        PEER,
        'else if (count === 1) this.unacked.shift();',
        'else if (count === 1) this.unacked.pop();',
      ),
    ],
  },
  {
    name: 'counts bytes for ever that were acknowledged',
    clauses: [STATE],
    patches: [
      patch(
        PEER,
        '      this.unackedBytes -= valueBytes((this.unacked[place] as SingleMessage).content);\n',
        '',
      ),
    ],
  },
];

const sending: readonly NamedMutant[] = [
  {
    name: 'numbers what it says by what was acknowledged',
    clauses: [SENDS, STATE, unless('it acknowledges nothing new')],
    patches: [patch(PEER, 'return this.acked + this.unacked.length;', 'return this.acked;')],
  },
  {
    name: 'sends everything again at once',
    clauses: [SENDS],
    options: { settings: { resent: 1, clients: 4 } },
    patches: [
      patch(
        PEER,
        'const count = Math.min(most, this.unacked.length);',
        'const count = this.unacked.length;',
      ),
    ],
  },
  {
    name: 'sends again at once what it has not noted before',
    clauses: [SENDS],
    options: RESTLESS,
    patches: [
      patch(RESENDING, 'if (h.noted.get(id) === first) {', 'if (h.noted.get(id) !== first) {'),
    ],
  },
  {
    name: 'sends again to clients that do not ask for it',
    clauses: [SENDS, STATE],
    options: RESTLESS,
    patches: [
      patch(
        RESENDING,
        'if (first === undefined || !hosts.has(id)) continue;',
        'if (first === undefined) continue;',
      ),
    ],
  },
  {
    name: 'sends again before the time',
    clauses: [unless('a resend period has passed')],
    options: RESTLESS,
    patches: [
      patch(
        RESENDING,
        "  if (Math.abs(now - h.resentAt) < parameters.resendPeriod) return 'idle';\n",
        '',
      ),
    ],
  },
  {
    name: 'adds to what it has noted',
    clauses: [STATE],
    options: RESTLESS,
    patches: [
      patch(
        RESENDING,
        'const noted = new Map<EndPoint, number>();',
        'const noted = new Map<EndPoint, number>(h.noted);',
      ),
    ],
  },
];

const telling: readonly NamedMutant[] = [
  {
    name: 'remembers whoever asks for numbers',
    clauses: [STATE],
    ground: 'arbitrary states',
    options: OURS,
    patches: [patch(RECEIVING, '} = h.peers.get(src) ?? {};', '} = h.peerOf(src);')],
  },
  {
    name: 'tells the next number and not the last',
    clauses: [SENDS],
    options: OURS,
    patches: [
      patch(
        RECEIVING,
        "marshal({ type: 'numbers', accepted, acked })",
        "marshal({ type: 'numbers', accepted: accepted + 1, acked })",
      ),
    ],
  },
  {
    name: 'makes no use of acknowledgements',
    clauses: [OF_USE, unless('it acknowledges nothing new')],
    patches: [patch(RECEIVING, 'return hearAck(h, src, msg.seqno);', "return 'ignore';")],
  },
];

/** B1. */
export const receiving: readonly NamedMutant[] = [
  ...accepting,
  ...acknowledged,
  ...sending,
  ...telling,
];
