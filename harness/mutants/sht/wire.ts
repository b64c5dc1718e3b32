/** # Mutants of what running hosts of the hash table read and write. */
import { type NamedMutant, patch } from '../mutant.ts';
import { MEANS, SENDS } from '../replica/terms.ts';
import { ORIGINAL } from '../shtTerms.ts';
import { BYTE_STRINGS, MARSHAL, PARSE, PROCESSING } from './terms.ts';

const READS_RANGE = patch(
  PARSE,
  'const low = readBound(input);\n  const high = readBound(input);',
  'const high = readBound(input);\n  const low = readBound(input);',
);
const WRITES_RANGE = patch(
  MARSHAL,
  'putBound(high, bytes, putBound(low, bytes, at));',
  'putBound(low, bytes, putBound(high, bytes, at));',
);

/** B0: bytes mean something else to a host than they do. */
export const reading: readonly Omit<NamedMutant, 'clauses'>[] = [
  {
    name: 'rounds keys to doubles',
    patches: [
      patch(
        PARSE,
        "{ type: 'get', key };",
        "{ type: 'get', key: BigInt.asUintN(64, BigInt(Number(key))) };",
      ),
    ],
  },
  {
    name: 'takes the lower half of a key for the higher one',
    patches: [
      patch(
        PARSE,
        "{ type: 'get', key };",
        "{ type: 'get', key: BigInt.asUintN(64, key << 32n) | (key >> 32n) };",
      ),
    ],
  },
  {
    name: 'reads no keys that are no exact numbers',
    patches: [
      patch(
        PARSE,
        "case 0: {\n      const key = u64Exact.read(input);\n      return key === undefined ? undefined : { type: 'get', key };",
        "case 0: {\n      const key = u64.read(input);\n      return key === undefined ? undefined : { type: 'get', key: BigInt(key) };",
      ),
    ],
  },
  {
    name: 'reads what lies behind all keys as what lies before them',
    patches: [
      patch(PARSE, 'number === 0n ? KEY_ZERO : KEY_INF', 'number === 42n ? KEY_ZERO : KEY_INF'),
    ],
  },
  {
    name: 'reads what lies behind all keys only as the original writes it',
    ground: 'arbitrary states',
    patches: [
      patch(
        PARSE,
        'return number === 0n ? KEY_ZERO : KEY_INF;',
        'if (number === 0n) return KEY_ZERO;\n  return number === 42n ? KEY_INF : undefined;',
      ),
    ],
  },
  {
    name: 'reads bounds of any case',
    ground: 'arbitrary states',
    patches: [patch(PARSE, ' || isNoKey > 1) return undefined;', ') return undefined;')],
  },
  {
    name: 'swaps the bounds of ranges, for itself and all others like it',
    patches: [READS_RANGE, WRITES_RANGE],
  },
  {
    name: 'takes any number but 0 for nothing',
    ground: 'arbitrary states',
    patches: [patch(PARSE, 'if (absent === 1) return', 'if (absent !== 0) return')],
  },
  {
    name: 'swaps sets and replies where it reads',
    patches: [
      patch(
        PARSE,
        "case 1:\n      return readKeyed('set', input);\n    case 2:",
        "case 2:\n      return readKeyed('set', input);\n    case 1:",
      ),
    ],
  },
  {
    name: 'reads no more entries than the original does',
    options: { compatible: false, settings: { delegationKeys: 4, keys: 30 } },
    patches: [patch(PARSE, 'ENTRY, Number.POSITIVE_INFINITY, readEntry', 'ENTRY, 2, readEntry')],
  },
  {
    name: 'reads messages with something after them',
    ground: 'arbitrary states',
    patches: [
      patch(
        PARSE,
        'const msg = readMessage(input, compatible);\n  return input.at === bytes.length ? msg : undefined;',
        'return readMessage(input, compatible);',
      ),
    ],
  },
  {
    name: 'reads what the original does not know',
    options: { compatible: true },
    patches: [
      patch(PARSE, 'return compatible || number === undefined ?', 'return number === undefined ?'),
    ],
  },
  {
    name: 'takes the place of a reason for one more than it is',
    options: { compatible: false },
    patches: [
      patch(
        PARSE,
        'REASONS[u64.read(input) ?? REASONS.length]',
        'REASONS[(u64.read(input) ?? 8) - 1]',
      ),
    ],
  },
  {
    name: 'reads values without their last byte',
    patches: [
      patch(
        PARSE,
        'return readBytes(input.bytes, from, input.at);',
        'return readBytes(input.bytes, from, Math.max(from, input.at - 1));',
      ),
    ],
  },
  {
    name: 'reads values as if each byte were a letter',
    patches: [
      patch(
        BYTE_STRINGS,
        'text += String.fromCharCode(bytes[index] as number);',
        'text += String.fromCharCode((bytes[index] as number) & 127);',
      ),
    ],
  },
];

/** B0: what a host says means something else, or nothing. */
export const writing: readonly NamedMutant[] = [
  {
    name: 'promises one sample more than it tells of',
    clauses: [MEANS],
    options: { compatible: false },
    patches: [
      patch(
        MARSHAL,
        'end = put(samples.length, bytes, end);',
        'end = put(samples.length + 1, bytes, end);',
      ),
    ],
  },
  {
    name: 'writes one entry too few of a delegation',
    clauses: [MEANS],
    patches: [
      patch(
        MARSHAL,
        'end = put(content.entries.length, bytes, end);',
        'end = put(Math.max(content.entries.length - 1, 0), bytes, end);',
      ),
    ],
  },
  {
    name: 'says why not, though the original says nothing',
    clauses: [MEANS],
    options: ORIGINAL,
    patches: [
      patch(
        PROCESSING,
        "if (h.constants.parameters.compatible || !h.mayTell(src)) return 'discard';\n  h.tell(io, src, { type: 'refusal'",
        "if (!h.mayTell(src)) return 'discard';\n  h.tell(io, src, { type: 'refusal'",
      ),
    ],
  },
];

/** B1: what a host says means something, though not what it should. */
export const saying: readonly NamedMutant[] = [
  {
    name: 'writes what lies behind all keys as what lies before them',
    clauses: [SENDS],
    patches: [patch(MARSHAL, 'const INFINITE = 42;', 'const INFINITE = 0;')],
  },
  {
    name: 'writes the bounds of ranges the wrong way round',
    clauses: [SENDS],
    patches: [WRITES_RANGE],
  },
  {
    name: 'rounds keys to doubles where it writes replies',
    clauses: [SENDS],
    patches: [
      patch(
        MARSHAL,
        "case 'reply':\n      return putOptional(content.value, bytes, putKey(content.key, bytes,",
        `case 'reply':
      return putOptional(
        content.value,
        bytes,
        putKey(BigInt.asUintN(64, BigInt(Number(content.key))), bytes,`,
      ),
    ],
  },
  {
    name: 'swaps what was accepted and what was acknowledged where it tells numbers',
    clauses: [SENDS],
    options: { compatible: false },
    patches: [
      patch(
        MARSHAL,
        'put(msg.acked, bytes, put(msg.accepted, bytes, put(3, bytes, 0)));',
        'put(msg.accepted, bytes, put(msg.acked, bytes, put(3, bytes, 0)));',
      ),
    ],
  },
  {
    name: 'writes the place of a reason counted from one',
    clauses: [SENDS, MEANS],
    options: { compatible: false },
    patches: [
      patch(
        MARSHAL,
        'put(REASONS.indexOf(content.reason),',
        'put(REASONS.indexOf(content.reason) + 1,',
      ),
    ],
  },
];
