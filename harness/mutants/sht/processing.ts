/** # Mutants of what running hosts of the hash table make of what they have accepted. */
import { type NamedMutant, patch } from '../mutant.ts';
import { SENDS, STATE, unless } from '../replica/terms.ts';
import { HOST, OURS, PROCESSING, TABLE } from './terms.ts';

const DISCARDED = unless('nothing else is to be done about it');

/** Blocks so small that few keys need several. */
const SMALL_BLOCKS = patch(TABLE, 'const BLOCK = 256;', 'const BLOCK = 4;');
const MANY_KEYS = { settings: { keys: 40 } } as const;

const requests: readonly NamedMutant[] = [
  {
    name: 'answers a get for what is elsewhere',
    clauses: [unless("the key is this host's own")],
    patches: [
      patch(
        PROCESSING,
        'if (owner !== h.constants.me) {',
        "if (owner !== h.constants.me && content.type === 'set') {",
      ),
    ],
  },
  {
    name: 'redirects everybody to the first host',
    clauses: [SENDS],
    options: { hosts: 3 },
    patches: [
      patch(
        PROCESSING,
        "{ type: 'redirect', key, owner }",
        "{ type: 'redirect', key, owner: [...h.constants.hosts][0] ?? owner }",
      ),
    ],
  },
  {
    name: 'deletes nothing',
    clauses: [STATE],
    patches: [
      patch(
        PROCESSING,
        'if (value === undefined) h.table.delete(key);\n  else h',
        'if (value !== undefined) h',
      ),
    ],
  },
  {
    name: 'sets a key to the empty value to delete it',
    clauses: [STATE],
    patches: [
      patch(
        PROCESSING,
        'if (value === undefined) h.table.delete(key);',
        "if (value === undefined) h.table.set(key, '');",
      ),
    ],
  },
  {
    name: 'replies with what a key had',
    clauses: [SENDS, STATE],
    patches: [
      patch(
        PROCESSING,
        "  if (value === undefined) h.table.delete(key);\n  else h.table.set(key, value);\n  h.tell(io, src, { type: 'reply', key, value });",
        "  const had = h.table.get(key);\n  if (value === undefined) h.table.delete(key);\n  else h.table.set(key, value);\n  h.tell(io, src, { type: 'reply', key, value: had });",
      ),
    ],
  },
  {
    name: 'replies with nothing where a value is empty',
    clauses: [SENDS, STATE],
    patches: [
      patch(
        PROCESSING,
        "{ type: 'reply', key, value: h.table.get(key) }",
        "{ type: 'reply', key, value: h.table.get(key) || undefined }",
      ),
    ],
  },
  {
    name: 'takes a value that is one byte too long',
    clauses: [unless('the value is not too long')],
    options: { settings: { valueBytes: 2 } },
    patches: [
      patch(
        PROCESSING,
        'if (length > h.constants.parameters.maxValueBytes) {',
        'if (length > h.constants.parameters.maxValueBytes + 1) {',
      ),
    ],
  },
  {
    name: 'does not say why not',
    clauses: [DISCARDED],
    options: OURS,
    patches: [
      patch(
        PROCESSING,
        "h.tell(io, src, { type: 'refusal', reason });\n  return 'refuse';",
        "return 'discard';",
      ),
    ],
  },
  {
    name: 'answers beyond the last number',
    clauses: [unless('there is a number left for an answer')],
    options: { settings: { maxSeqno: 2 } },
    patches: [
      patch(
        PROCESSING,
        "return h.mayTell(src) ? answer(h, io, src, content) : 'discard';\n    case 'set'",
        "return answer(h, io, src, content);\n    case 'set'",
      ),
    ],
  },
  {
    name: 'goes on though there were too many delegations',
    clauses: [unless('there were not too many delegations')],
    options: { settings: { maxDelegations: 4 } },
    patches: [
      patch(
        PROCESSING,
        "(content.type === 'shard' || content.type === 'delegate') && !mayDelegate(h);",
        "content.type === 'delegate' && !mayDelegate(h);",
      ),
    ],
  },
  {
    name: 'does what it was asked and goes on with it',
    clauses: [STATE],
    patches: [patch(PROCESSING, '  h.received = undefined;\n', '')],
  },
  {
    name: 'adopts what is no host’s to give',
    clauses: [unless('it comes from a host')],
    ground: 'arbitrary states',
    patches: [
      patch(
        PROCESSING,
        'h.constants.hosts.has(src) ? entriesOf(h, content) : undefined;',
        'entriesOf(h, content);',
      ),
    ],
  },
];

const status: readonly NamedMutant[] = [
  {
    name: 'shows strangers which keys there are',
    clauses: [SENDS],
    options: { ...OURS, settings: { administrators: true } },
    patches: [patch(PROCESSING, 'constants.isAdministrator(src) ? samples : 0', 'samples')],
  },
  {
    name: 'tells of no orders',
    clauses: [SENDS],
    options: OURS,
    patches: [patch(PROCESSING, '    orders,\n', '    orders: [],\n')],
  },
  {
    name: 'tells all of its keys however few were asked for',
    clauses: [SENDS],
    options: { ...OURS, settings: { keys: 12 } },
    patches: [
      patch(PROCESSING, 'Math.min(wanted, MAX_SAMPLES, size)', 'Math.min(MAX_SAMPLES, size)'),
    ],
  },
];

const tables: readonly NamedMutant[] = [
  {
    name: 'table: compares the lower halves of keys only',
    clauses: [STATE, SENDS],
    patches: [
      patch(
        TABLE,
        'from < values.length && halves[2 * from] === wantedHigh && halves[2 * from + 1] === wantedLow',
        'from < values.length && halves[2 * from + 1] === wantedLow',
      ),
    ],
  },
  {
    name: 'table: counts a key again that it sets again',
    clauses: [STATE],
    patches: [
      patch(
        TABLE,
        '      block.values[this.#index] = value;\n      return;',
        '      block.values[this.#index] = value;\n      this.#size++;\n      return;',
      ),
    ],
  },
  {
    name: 'table: clears the key behind a range, too',
    clauses: [STATE],
    patches: [
      patch(
        TABLE,
        '    this.#seek(high);\n    const [last, to] = [this.#at, this.#index];',
        '    this.#seek(high + 1n);\n    const [last, to] = [this.#at, this.#index];',
      ),
    ],
  },
  {
    name: 'table: clears the last block of a range and not the first',
    clauses: [STATE],
    options: MANY_KEYS,
    patches: [
      SMALL_BLOCKS,
      patch(TABLE, '      this.#trim(first, from, this.#blockAt(first).values.length);\n', ''),
    ],
  },
  {
    name: 'table: halves a block and forgets where the second half begins',
    clauses: [STATE, SENDS],
    options: MANY_KEYS,
    patches: [
      SMALL_BLOCKS,
      patch(
        TABLE,
        '    this.#least[2 * at + 3] = kept < BLOCK ? (right.halves[1] as number) : wantedLow;\n',
        '',
      ),
    ],
  },
  {
    name: 'table: joins blocks and forgets the second one',
    clauses: [STATE, SENDS],
    options: MANY_KEYS,
    patches: [SMALL_BLOCKS, patch(TABLE, '    left.values.push(...right.values);\n', '')],
  },
];

const beginnings: readonly NamedMutant[] = [
  {
    name: 'takes all keys for its own when it begins',
    clauses: ['the host begins as the protocol says'],
    patches: [
      patch(HOST, 'DelegationMap.allTo(configuration.hosts[0] ?? me)', 'DelegationMap.allTo(me)'),
    ],
  },
];

/** B1. */
export const processing: readonly NamedMutant[] = [
  ...requests,
  ...status,
  ...tables,
  ...beginnings,
];
