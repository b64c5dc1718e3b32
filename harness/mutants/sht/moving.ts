/** # Mutants of how running hosts of the hash table move keys. */
import { type NamedMutant, patch } from '../mutant.ts';
import { SENDS, STATE, unless } from '../replica/terms.ts';
import { ORIGINAL, RESTLESS } from '../shtTerms.ts';
import { MOVING, OURS, TABLE } from './terms.ts';

/** An order was taken that should have been refused. */
const TAKEN = unless('nothing is to be said against the order');
/** It was, or it was refused for another reason. */
const REFUSES: readonly string[] = [TAKEN, SENDS];
const REFUSED = unless('something is to be said against it');

const orders: readonly NamedMutant[] = [
  {
    name: 'takes orders to give keys to itself',
    clauses: REFUSES,
    patches: [
      patch(MOVING, "  if (recipient === me) return 'the recipient has given the order';\n", ''),
    ],
  },
  {
    name: 'takes orders to give keys to whoever is no host',
    clauses: REFUSES,
    patches: [
      patch(MOVING, "  if (!hosts.has(recipient)) return 'the recipient is no host';\n", ''),
    ],
  },
  {
    name: 'takes orders for keys that are elsewhere',
    clauses: REFUSES,
    patches: [
      patch(
        MOVING,
        "  if (!delegationMap.ownsAll(range, me)) return 'the keys are not all here';\n",
        '',
      ),
    ],
  },
  {
    name: 'takes orders that overlap others',
    clauses: REFUSES,
    ground: 'arbitrary states',
    options: OURS,
    patches: [patch(MOVING, 'orders.some((other) => overlap(other.range, range))', 'false')],
  },
  {
    name: 'takes orders from whoever is no administrator',
    clauses: REFUSES,
    options: { settings: { administrators: true } },
    patches: [patch(MOVING, '!constants.isAdministrator(src)', 'false')],
  },
  {
    name: 'takes more orders than it may',
    clauses: REFUSES,
    ground: 'arbitrary states',
    options: { ...OURS, settings: { orders: 1 } },
    patches: [patch(MOVING, 'orders.length >= parameters.maxOrders ||', 'orders.length < 0 ||')],
  },
  {
    name: 'takes orders whatever many ranges it has',
    clauses: REFUSES,
    options: { ...OURS, settings: { ranges: 2 } },
    patches: [patch(MOVING, ' || delegationMap.ranges.length >= parameters.maxRanges;', ';')],
  },
  {
    name: 'compares the name in an order, whomever it means',
    clauses: [REFUSED, TAKEN, SENDS, unless('nothing else is to be done about it')],
    patches: [
      patch(
        MOVING,
        'const recipient = constants.hostNamed(order.recipient);',
        'const { recipient } = order;',
      ),
    ],
  },
  {
    name: 'moves one key more than the original can',
    clauses: REFUSES,
    options: { compatible: true, settings: { delegationKeys: 2 } },
    patches: [
      patch(
        MOVING,
        '> parameters.maxDelegationKeys;\n    return isTooMuch',
        '> parameters.maxDelegationKeys + 1;\n    return isTooMuch',
      ),
    ],
  },
  {
    name: 'takes an order as if it were the only one',
    clauses: [STATE],
    ground: 'arbitrary states',
    options: OURS,
    patches: [
      patch(
        MOVING,
        'h.orders = [...h.orders, { range, recipient }];',
        'h.orders = [{ range, recipient }];',
      ),
    ],
  },
];

const handingOver: readonly NamedMutant[] = [
  {
    name: 'looks for what it hands over when it has cleared that away',
    clauses: [SENDS, STATE],
    options: ORIGINAL,
    patches: [
      patch(
        MOVING,
        '  const entries = [...within];\n  h.delegationMap.assign(range, recipient);\n  h.table.clear(range.low, range.high);\n',
        '  h.delegationMap.assign(range, recipient);\n  h.table.clear(range.low, range.high);\n  const entries = [...within];\n',
      ),
    ],
  },
  {
    name: 'hands keys over and keeps what they have',
    clauses: [STATE],
    patches: [
      patch(MOVING, '  h.table.clear(range.low, range.high);\n  h.counters', '  h.counters'),
    ],
  },
  {
    name: 'hands keys over and keeps them, too',
    clauses: [STATE],
    patches: [patch(MOVING, '  h.delegationMap.assign(range, recipient);\n', '')],
  },
  {
    name: 'hands over all the range with the first piece',
    clauses: [STATE, SENDS],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        'handOver(h, io, { low, high: next }, recipient, entries);',
        'handOver(h, io, range, recipient, entries);',
      ),
    ],
  },
  {
    name: 'begins the next piece behind its first key',
    clauses: [STATE],
    options: RESTLESS,
    patches: [patch(MOVING, 'range: { low: next, high },', 'range: { low: next + 1n, high },')],
  },
  {
    name: 'carries an order out for ever',
    clauses: [STATE],
    options: OURS,
    patches: [patch(MOVING, '? h.orders.toSpliced(place, 1)', '? h.orders')],
  },
  {
    name: 'takes away another order than it has carried out',
    clauses: [STATE],
    ground: 'arbitrary states',
    options: OURS,
    patches: [patch(MOVING, '? h.orders.toSpliced(place, 1)', '? h.orders.slice(1)')],
  },
  {
    name: 'hands over more pieces at a time than it may',
    clauses: [unless('the recipient of one has room')],
    options: { ...RESTLESS, settings: { ...RESTLESS.settings, underWay: 1 } },
    patches: [
      patch(
        MOVING,
        'return underWay < maxDelegationsUnderWay &&',
        'return underWay <= maxDelegationsUnderWay &&',
      ),
    ],
  },
  {
    name: 'carries the youngest order out first',
    clauses: [STATE, SENDS],
    ground: 'arbitrary states',
    options: OURS,
    patches: [
      patch(MOVING, 'const place = orders.findIndex(', 'const place = orders.findLastIndex('),
    ],
  },
  {
    name: 'carries orders out though there were too many delegations',
    clauses: [unless('there were not too many delegations')],
    options: { ...RESTLESS, settings: { ...RESTLESS.settings, maxDelegations: 6 } },
    patches: [
      patch(
        MOVING,
        'if (orders.length === 0 || !mayDelegate(h)) return',
        'if (orders.length === 0) return',
      ),
    ],
  },
  {
    name: 'table: puts one key too many into a piece',
    clauses: [STATE, SENDS],
    options: RESTLESS,
    patches: [patch(TABLE, 'entries.length === maxKeys ||', 'entries.length > maxKeys ||')],
  },
  {
    name: 'table: puts one byte too few into a piece',
    clauses: [STATE, SENDS],
    options: { ...OURS, settings: { delegationBytes: 6, keys: 12 } },
    patches: [patch(TABLE, '|| bytes > maxBytes)', '|| bytes >= maxBytes)')],
  },
];

const adopting: readonly NamedMutant[] = [
  {
    name: 'adopts keys and loses what they have',
    clauses: [STATE],
    patches: [
      patch(MOVING, '  for (const [key, value] of entries) h.table.set(key, value);\n', ''),
    ],
  },
  {
    name: 'keeps what it had in a range that it adopts',
    clauses: [STATE],
    ground: 'arbitrary states',
    patches: [patch(MOVING, '  h.table.clear(range.low, range.high);\n  for', '  for')],
  },
  {
    name: 'of several entries with one key it adopts the last',
    clauses: [STATE],
    ground: 'arbitrary states',
    patches: [
      patch(MOVING, 'if (!first.has(key)) first.set(key, value);', 'first.set(key, value);'),
    ],
  },
  {
    name: 'adopts one key more than it may',
    clauses: [unless('a host may have sent it')],
    ground: 'arbitrary states',
    patches: [
      patch(
        MOVING,
        'if (distinct.length > maxDelegationKeys) return',
        'if (distinct.length > maxDelegationKeys + 1) return',
      ),
    ],
  },
  {
    name: 'counts repeated entries against what it may adopt',
    clauses: [unless('nothing else is to be done about it')],
    ground: 'arbitrary states',
    patches: [
      patch(
        MOVING,
        'if (distinct.length > maxDelegationKeys) return',
        'if (entries.length > maxDelegationKeys) return',
      ),
    ],
  },
];

/** B1. */
export const moving: readonly NamedMutant[] = [...orders, ...handingOver, ...adopting];
