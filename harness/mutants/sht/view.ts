/**
 * # Mutants of the hash table of which only the clients' view is asked
 *
 * Nobody looks inside of these: neither at steps nor at packets between hosts. What is left is what
 * clients saw (B7), and that alone must refuse them.
 */
import { type NamedMutant, type Patch, patch } from '../mutant.ts';
import { MOVING, PEER, PROCESSING, RECEIVING, TABLE } from './terms.ts';

/** The laws of B7. */
const ONE_ORDER = 'some order of the calls explains every reply';
const IN_ORDER = 'requests are answered in the order of their numbers';
const SAID_BEFORE = 'what is said again is what was said before';
const WAS_ASKED = 'only what was asked is answered';

/** No step is checked, and none from arbitrary states; nor does it matter why a packet is left. */
const UNSEEN: readonly Patch[] = [
  patch(
    'harness/simulation/cluster.ts',
    `    this.#watcher.step(
      this.monitor.observe({ host, action, io: io.done }, impl),
      this.monitor.ghost,
    );
`,
    '    this.monitor.seen.steps++;\n',
  ),
  patch(
    'harness/simulation/cluster.ts',
    'this.#hasLeft[host] ? undefined : this.#service.urgent?.(state);',
    "'get set redirect shard adopt tellStatus refuse discard'.split(' ');",
  ),
  patch('harness/sht/hosts.ts', 'ANY_STATES_EVERY = 4', 'ANY_STATES_EVERY = Infinity'),
];

/** Few keys that everybody uses, and that come and go. */
const BUSY = {
  hosts: 3,
  compatible: false,
  settings: { clients: 6, keys: 3, delegationKeys: 2 },
} as const;

const unseen: readonly NamedMutant[] = [
  {
    name: 'unseen: does again what comes again',
    clauses: [IN_ORDER, WAS_ASKED, ONE_ORDER],
    patches: [
      patch(RECEIVING, 'if (msg.seqno < next) return', 'if (msg.seqno < next - 1) return'),
      patch(RECEIVING, 'if (msg.seqno > next) h', 'if (msg.seqno > next + 1) h'),
    ],
  },
  {
    name: 'unseen: keeps answering for what it has handed over',
    clauses: [ONE_ORDER],
    patches: [
      patch(MOVING, '  h.delegationMap.assign(range, recipient);\n', ''),
      patch(MOVING, '  h.table.clear(range.low, range.high);\n  h.counters', '  h.counters'),
    ],
  },
  {
    name: 'unseen: hands keys over without what they have',
    clauses: [ONE_ORDER],
    patches: [
      patch(
        MOVING,
        "{ type: 'delegate', range, entries }",
        "{ type: 'delegate', range, entries: [] }",
      ),
    ],
  },
  {
    name: 'unseen: adopts keys without what they have',
    clauses: [ONE_ORDER],
    patches: [
      patch(MOVING, '  for (const [key, value] of entries) h.table.set(key, value);\n', ''),
    ],
  },
  {
    name: 'unseen: adopts keys and keeps what it had',
    clauses: [ONE_ORDER],
    patches: [
      patch(MOVING, '  h.table.clear(range.low, range.high);\n  h.counters', '  h.counters'),
      patch(
        MOVING,
        '  h.table.clear(range.low, range.high);\n  for (const [key, value] of entries) h.table.set(key, value);\n',
        '  for (const [key, value] of entries) if (h.table.get(key) === undefined) h.table.set(key, value);\n',
      ),
    ],
  },
  {
    name: 'unseen: answers for all keys that it has ever had',
    clauses: [ONE_ORDER],
    patches: [
      patch(MOVING, '  h.table.clear(range.low, range.high);\n  h.counters', '  h.counters'),
      patch(
        PROCESSING,
        'if (owner !== h.constants.me) {',
        'if (owner !== h.constants.me && h.table.get(key) === undefined) {',
      ),
    ],
  },
  {
    name: 'unseen: deletes nothing',
    clauses: [ONE_ORDER],
    patches: [
      patch(
        PROCESSING,
        'if (value === undefined) h.table.delete(key);\n  else h',
        'if (value !== undefined) h',
      ),
    ],
  },
  {
    name: 'unseen: clears one key too many',
    clauses: [ONE_ORDER],
    patches: [
      patch(
        TABLE,
        '    this.#seek(high);\n    const [last, to] = [this.#at, this.#index];',
        '    this.#seek(high + 1n);\n    const [last, to] = [this.#at, this.#index];',
      ),
    ],
  },
  {
    name: 'unseen: answers for the key next to the one that it was asked for',
    clauses: [WAS_ASKED, ONE_ORDER],
    patches: [
      patch(
        PROCESSING,
        "h.tell(io, src, { type: 'reply', key, value: h.table.get(key) });",
        "h.tell(io, src, { type: 'reply', key, value: h.table.get(key ^ 1n) });",
      ),
    ],
  },
  {
    name: 'unseen: says what it said last to whoever asks',
    clauses: [SAID_BEFORE],
    patches: [
      patch(
        PEER,
        'io.send(dst, marshal(this.unacked[place] as SingleMessage));',
        `const { seqno } = this.unacked[place] as SingleMessage;
      const { content } = this.unacked.at(-1) as SingleMessage;
      io.send(dst, marshal({ type: 'single', seqno, dst, content }));`,
      ),
    ],
  },
];

export const view: readonly NamedMutant[] = unseen.map((mutant) => ({
  options: BUSY,
  ...mutant,
  patches: [...UNSEEN, ...mutant.patches],
}));
