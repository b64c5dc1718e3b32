/**
 * # Mutants of how keys move in the hash table
 *
 * Each key is in one place at any time. Whatever leaves a key in two places, or in none, or without
 * its value, must be noticed; and the three guards, without which that happens, are left out here
 * one by one.
 */
import { type NamedMutant, patch } from './mutant.ts';
import { CROWDED, ORIGINAL, RESTLESS, SPECIFIED } from './shtTerms.ts';

const MAP = 'protocol/sht/delegationMap.ts';
const MOVING = 'protocol/sht/moving.ts';

const OURS = { options: { compatible: false } } as const;

const guards: readonly NamedMutant[] = [
  {
    name: 'gives keys to itself',
    clauses: ['S4', 'S18'],
    patches: [
      patch(MOVING, "  if (recipient === me) return 'the recipient has given the order';\n", ''),
    ],
  },
  {
    name: 'gives keys to itself, as the original would',
    clauses: ['S4'],
    options: ORIGINAL,
    patches: [
      patch(MOVING, "  if (recipient === me) return 'the recipient has given the order';\n", ''),
    ],
  },
  {
    name: 'gives keys to whoever is no host',
    clauses: ['S3', 'S4', 'S18', SPECIFIED],
    patches: [
      patch(
        MOVING,
        "  if (!isHost(constants, recipient)) return 'the recipient is no host';\n",
        '',
      ),
    ],
  },
  {
    name: 'gives keys that are not all its own',
    clauses: ['S4', 'S18'],
    patches: [
      patch(
        MOVING,
        "  if (!ownsAll(delegationMap, range, me)) return 'the keys are not all here';\n",
        '',
      ),
    ],
  },
  {
    name: 'gives keys that are not all its own, as the original would',
    clauses: ['S4', 'S23', SPECIFIED],
    options: ORIGINAL,
    patches: [
      patch(
        MOVING,
        "  if (!ownsAll(delegationMap, range, me)) return 'the keys are not all here';\n",
        '',
      ),
    ],
  },
  {
    name: 'looks only at the first key of what it gives',
    clauses: ['S4', 'S18', SPECIFIED],
    patches: [
      patch(
        MAP,
        'for (let place = placeOf(map, low); (map[place]?.low ?? high) < high; place++) {',
        'for (const place of [placeOf(map, low)]) {',
      ),
    ],
  },
  {
    name: 'takes orders for keys that are on the move already',
    clauses: ['S18'],
    options: RESTLESS,
    patches: [patch(MOVING, 'orders.some((other) => overlap(other.range, range))', 'false')],
  },
  {
    name: 'takes orders from anybody',
    clauses: ['S23'],
    options: { settings: { administrators: true } },
    patches: [
      patch(
        MOVING,
        "  if (!isAdministrator(constants, src)) return 'only an administrator may move keys';\n",
        '',
      ),
    ],
  },
  {
    name: 'moves more keys at once than the original can',
    clauses: ['S15'],
    options: { compatible: true, settings: { delegationKeys: 2 } },
    patches: [
      patch(
        MOVING,
        'table.within(low, high).size <= parameters.maxDelegationKeys;',
        'table.within(low, high).size <= parameters.maxDelegationKeys + 1;',
      ),
    ],
  },
  {
    name: 'keeps more orders in mind than it has room for',
    clauses: ['S18'],
    options: { ...RESTLESS, settings: { ...RESTLESS.settings, orders: 1 } },
    patches: [patch(MOVING, 'orders.length >= parameters.maxOrders || ', '')],
  },
  {
    name: 'takes part in more delegations than it may',
    clauses: ['S15'],
    options: { ...RESTLESS, settings: { ...RESTLESS.settings, maxDelegations: 5 } },
    patches: [
      patch(
        'protocol/sht/host.ts',
        'numDelegations < parameters.maxDelegations - 2;',
        'numDelegations < parameters.maxDelegations + 2;',
      ),
    ],
  },
];

const handingOver: readonly NamedMutant[] = [
  {
    name: 'loses a piece on the way',
    clauses: ['S4'],
    patches: [
      patch(
        MOVING,
        "  return tell(left, recipient, { type: 'delegate', range, table });",
        '  return { state: left, sends: [] };',
      ),
    ],
  },
  {
    name: 'hands keys over without what they have',
    clauses: [SPECIFIED],
    patches: [
      patch(
        MOVING,
        "{ type: 'delegate', range, table });",
        "{ type: 'delegate', range, table: left.table.within(low, high) });",
      ),
    ],
  },
  {
    name: 'keeps a copy of what it hands over',
    clauses: ['S5'],
    patches: [patch(MOVING, '    table: h.table.outside(low, high),\n', '')],
  },
  {
    name: 'still takes for its own what it has handed over',
    clauses: ['S4', 'S23', SPECIFIED],
    patches: [patch(MOVING, '    delegationMap: assign(h.delegationMap, range, recipient),\n', '')],
  },
  {
    name: 'carries what lies behind the range',
    clauses: ['S6'],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'const table = h.table.within(low, high);',
        'const table = h.table.within(low, high + 2n);',
      ),
    ],
  },
  {
    name: 'carries all that it has',
    clauses: ['S6'],
    patches: [patch(MOVING, 'const table = h.table.within(low, high);', 'const { table } = h;')],
  },
  {
    name: 'says that a piece is all of the range',
    clauses: ['S4', 'S23', SPECIFIED],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'return handOver({ ...h, orders }, piece, recipient);',
        `const { state, sends } = handOver({ ...h, orders }, piece, recipient);
    return {
      state: { ...state, delegationMap: assign(h.delegationMap, range, recipient) },
      sends,
    };`,
      ),
    ],
  },
  {
    name: 'hands over one key too many at once',
    clauses: ['S15', 'S4'],
    options: RESTLESS,
    patches: [patch(MOVING, 'keys === maxDelegationKeys ||', 'keys > maxDelegationKeys ||')],
  },
  {
    name: 'hands over too many bytes at once',
    clauses: ['S15'],
    options: { compatible: false, settings: { delegationBytes: 8, keys: 12 } },
    patches: [patch(MOVING, ' || bytes > maxDelegationBytes)', ')')],
  },
  {
    name: 'begins the rest of an order one key late',
    clauses: ['S23'],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'const rest = { low: piece.high, high: range.high };',
        'const rest = { low: piece.high + 1n, high: range.high };',
      ),
    ],
  },
  {
    name: 'ends a piece with the first key of the next',
    clauses: ['S18', 'S23', SPECIFIED],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'return { low: range.low, high: key };',
        'return { low: range.low, high: key + 1n };',
      ),
      patch(
        MOVING,
        'const rest = { low: piece.high, high: range.high };',
        'const rest = { low: piece.high - 1n, high: range.high };',
      ),
    ],
  },
  {
    name: 'does not note how far it is with an order',
    clauses: ['S18', 'S23'],
    options: RESTLESS,
    patches: [patch(MOVING, ': h.orders.with(place, { range: rest, recipient });', ': h.orders;')],
  },
  {
    name: 'carries an order out again',
    clauses: ['S18', 'S23'],
    ...OURS,
    patches: [patch(MOVING, '? h.orders.toSpliced(place, 1)', '? h.orders')],
  },
  {
    name: 'notes how far it is with an order at another',
    clauses: ['S18', 'S23'],
    options: CROWDED,
    patches: [patch(MOVING, 'h.orders.with(place, {', 'h.orders.with(0, {')],
  },
  {
    name: 'carries the first order out when there is room only for the second',
    clauses: ['S20'],
    options: CROWDED,
    patches: [
      patch(
        MOVING,
        'const place = h.orders.findIndex((order) => hasRoom(h, order));',
        'const place = 0;',
      ),
    ],
  },
  {
    name: 'does not count what it hands over',
    clauses: ['S15'],
    patches: [
      patch(
        MOVING,
        'const counted = { ...h, numDelegations: h.numDelegations + 1 };',
        'const counted = h;',
      ),
    ],
  },
  {
    name: 'goes by the name in an order, whomever it means',
    clauses: ['S3', 'S18', 'S21', 'S23', SPECIFIED],
    patches: [
      patch(
        MOVING,
        'step: (h, { range, recipient: name }) => {\n    const recipient = hostNamed(h.constants, name);',
        'step: (h, { range, recipient }) => {',
      ),
    ],
  },
];

/** B3. */
export const moving: readonly NamedMutant[] = [...guards, ...handingOver];
