/** # Mutants of the running lock: its bytes, its steps and the order of its IO. */
import { type NamedMutant, patch } from './mutant.ts';

const HOST = 'impl/lock/host.ts';
const MARSHAL = 'impl/framework/marshal.ts';

/** B0: bytes and messages part. */
export const wire: readonly NamedMutant[] = [
  {
    name: 'integers are written little-endian',
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
    patches: [
      patch(MARSHAL, 'return input.at === bytes.length ? value : undefined;', 'return value;'),
    ],
  },
  {
    name: 'a message cut short is accepted',
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
    patches: [
      patch(
        'impl/framework/frame.ts',
        '  writeWord(into, at + 4, length);',
        '  writeWord(into, at + 4, length + HEADER);',
      ),
    ],
  },
];

/** B1: the running host does what its protocol does not. */
export const steps: readonly NamedMutant[] = [
  {
    name: 'accepts while it holds the lock',
    patches: [patch(HOST, 'if (!this.held && epoch > this.epoch) {', 'if (epoch > this.epoch) {')],
  },
  {
    name: 'accepts the epoch that it has already had',
    patches: [patch(HOST, '!this.held && epoch > this.epoch', '!this.held && epoch >= this.epoch')],
  },
  {
    name: 'accepts from a stranger',
    patches: [patch(HOST, "    if (!this.#ring.has(src)) return 'ignore';\n", '')],
  },
  {
    name: 'grants the lock and keeps it',
    patches: [patch(HOST, '    this.held = false;\n', '')],
  },
  {
    name: 'grants the lock to itself',
    patches: [patch(HOST, '(position + 1) % ring.length', 'position')],
  },
  {
    name: 'skips a host',
    patches: [patch(HOST, '(position + 1) % ring.length', '(position + 2) % ring.length')],
  },
  {
    name: 'grants without a new epoch',
    patches: [
      patch(
        HOST,
        `    this.offeredAt = this.#options.compatible ? undefined : now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));`,
        `    this.offeredAt = this.#options.compatible ? undefined : now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch }));`,
      ),
    ],
  },
  {
    name: 'grants beyond the last epoch',
    patches: [
      patch(HOST, "    if (this.epoch >= this.#options.maxEpoch) return 'idle';\n", ''),
      patch(
        HOST,
        '      if (this.epoch >= this.#options.maxEpoch) return Number.POSITIVE_INFINITY;\n',
        '',
      ),
    ],
  },
  {
    name: 'offers again before the time',
    patches: [
      patch(
        HOST,
        "    if (Math.abs(now - offeredAt) < this.#options.retryPeriod) return 'idle';\n",
        '',
      ),
    ],
  },
  {
    name: 'forgets when it offered',
    patches: [
      patch(
        HOST,
        `    this.offeredAt = now;
    io.send`,
        '    io.send',
      ),
    ],
  },
  {
    name: 'goes on offering what it has got back',
    patches: [
      patch(
        HOST,
        `      this.offeredAt = undefined;
      this.#announce('I hold the lock!');`,
        "      this.#announce('I hold the lock!');",
      ),
    ],
  },
  {
    name: 'takes an old locked for the answer to its offer',
    patches: [patch(HOST, ' || epoch !== this.epoch + 1', '')],
  },
  {
    name: 'takes anybody’s locked for the answer to its offer',
    patches: [patch(HOST, 'src !== this.#successor || ', '')],
  },
  {
    name: 'says locked to its successor',
    patches: [
      patch(
        HOST,
        `    if (epoch === this.epoch && !this.#options.compatible) {
      io.send(src, `,
        `    if (epoch === this.epoch && !this.#options.compatible) {
      io.send(this.#successor, `,
      ),
    ],
  },
  {
    name: 'does not answer a repeated offer',
    patches: [
      patch(HOST, 'if (epoch === this.epoch && !this.#options.compatible) {', 'if (epoch < 0) {'),
    ],
  },
  {
    name: 'answers a repeated offer although the original would not',
    compatible: true,
    patches: [
      patch(HOST, 'epoch === this.epoch && !this.#options.compatible', 'epoch === this.epoch'),
    ],
  },
  {
    name: 'repeats offers although the original would not',
    compatible: true,
    patches: [
      patch(
        HOST,
        'this.offeredAt = this.#options.compatible ? undefined : now;',
        'this.offeredAt = now;',
      ),
    ],
  },
];

/** B2: operations out of order. */
export const order: readonly NamedMutant[] = [
  {
    name: 'says locked before it has received the transfer',
    patches: [
      patch(
        HOST,
        `    const packet = io.receive();
    if (packet === undefined) return 'idle';`,
        `    if (this.held) io.send(this.#successor, marshal({ type: 'locked', epoch: this.epoch }));
    const packet = io.receive();
    if (packet === undefined) return 'idle';`,
      ),
    ],
  },
  {
    name: 'reads the clock after it has sent',
    patches: [
      patch(
        HOST,
        `    this.offeredAt = now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));`,
        `    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));
    this.offeredAt = io.readClock();`,
      ),
    ],
  },
  {
    name: 'reads the clock twice',
    patches: [
      patch(HOST, '    this.#heldSince ??= now;', '    this.#heldSince ??= io.readClock();'),
    ],
  },
  {
    name: 'receives after it has looked at the clock',
    patches: [
      patch(
        HOST,
        `    const packet = io.receive();
    if (packet === undefined) return 'idle';`,
        `    io.readClock();
    const packet = io.receive();
    if (packet === undefined) return 'idle';`,
      ),
    ],
  },
];
