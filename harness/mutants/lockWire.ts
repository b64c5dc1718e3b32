/** # Mutants of the bytes that hosts of the lock exchange. */
import { type NamedMutant, patch } from './mutant.ts';

const MARSHAL = 'impl/framework/marshal.ts';

/** B0: bytes and messages part. */
export const wire: readonly NamedMutant[] = [
  {
    name: 'integers are written little-endian',
    clauses: ['a host sends only bytes that mean something'],
    patches: [
      patch(
        MARSHAL,
        `    const middle = writeHalf(Math.floor(value / 2 ** 32), bytes, at);
    return writeHalf(value >>> 0, bytes, middle);`,
        `    for (let index = 0; index < 8; index++) bytes[at + index] = Math.floor(value / 256 ** index);
    return at + 8;`,
      ),
    ],
  },
  {
    name: 'bytes left over after a message are accepted',
    clauses: ['the implementation reads bytes as the wire format says'],
    patches: [
      patch(MARSHAL, 'return input.at === bytes.length ? value : undefined;', 'return value;'),
    ],
  },
  {
    name: 'a message cut short is accepted',
    clauses: ['the implementation reads bytes as the wire format says'],
    patches: [
      patch(
        MARSHAL,
        `    if (bytes.length - at < 8) return undefined;
    const high = readHalf(bytes, at);`,
        '    const high = readHalf(bytes, at);',
      ),
      patch(MARSHAL, 'return input.at === bytes.length ? value : undefined;', 'return value;'),
    ],
  },
  {
    name: 'the upper half of an integer is not read',
    clauses: ['the implementation reads bytes as the wire format says'],
    patches: [
      patch(
        MARSHAL,
        'return high * 2 ** 32 + readHalf(bytes, at + 4);',
        'return readHalf(bytes, at + 4);',
      ),
    ],
  },
  {
    name: 'transfer and locked change their case numbers',
    clauses: ['the implementation reads bytes as the wire format says'],
    patches: [
      patch(
        'impl/lock/messages.ts',
        `  transfer: { epoch: u64 },
  locked: { epoch: u64 },`,
        `  locked: { epoch: u64 },
  transfer: { epoch: u64 },`,
      ),
    ],
  },
  {
    name: 'the length of a frame counts its header',
    clauses: ['a frame is the length of its payload, then the payload'],
    patches: [
      patch(
        'impl/framework/frame.ts',
        '  writeWord(into, at + 4, length);',
        '  writeWord(into, at + 4, length + HEADER);',
      ),
    ],
  },
  {
    name: 'a frame that comes in two chunks loses a byte',
    clauses: ['a frame is the length of its payload, then the payload'],
    patches: [
      patch(
        'impl/framework/frame.ts',
        'const payload = this.#partial.subarray(HEADER);',
        'const payload = this.#partial.subarray(HEADER + 1);',
      ),
    ],
  },
];
