/** # Mutants of the running lock: its steps and the order of its IO. */
import { type NamedMutant, patch } from './mutant.ts';

const HOST = 'impl/lock/host.ts';

/** B1: the running host does what its protocol does not. */
export const steps: readonly NamedMutant[] = [
  {
    name: 'accepts while it holds the lock',
    clauses: ['the action may be taken: the host does not hold the lock'],
    patches: [patch(HOST, 'if (!this.held && epoch > this.epoch) {', 'if (epoch > this.epoch) {')],
  },
  {
    name: 'accepts the epoch that it has already had',
    clauses: ['the action may be taken: the epoch is later than its own'],
    patches: [patch(HOST, '!this.held && epoch > this.epoch', '!this.held && epoch >= this.epoch')],
  },
  {
    name: 'accepts from a stranger',
    clauses: ['the action may be taken: it comes from a host'],
    patches: [patch(HOST, "    if (!this.#ring.has(src)) return 'ignore';\n", '')],
  },
  {
    name: 'grants the lock and keeps it',
    clauses: ['the host is in the state that the protocol says'],
    patches: [patch(HOST, '    this.held = false;\n', '')],
  },
  {
    name: 'grants the lock to itself',
    clauses: [
      'the host sends what the protocol says',
      'the action may be taken: the packet confirms nothing',
    ],
    patches: [patch(HOST, '(position + 1) % ring.length', 'position')],
  },
  {
    name: 'skips a host',
    clauses: [
      'the host sends what the protocol says',
      'the action may be taken: the packet confirms nothing',
    ],
    patches: [patch(HOST, '(position + 1) % ring.length', '(position + 2) % ring.length')],
  },
  {
    name: 'grants without a new epoch',
    clauses: ['the host sends what the protocol says'],
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
    clauses: ['the action may be taken: there is a next epoch'],
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
    clauses: ['the action may be taken: a retry period has passed'],
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
    clauses: ['the host is in the state that the protocol says'],
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
    clauses: ['the host is in the state that the protocol says'],
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
    clauses: ['the action may be taken: the epoch is the one offered'],
    patches: [patch(HOST, ' || epoch !== this.epoch + 1', '')],
  },
  {
    name: 'takes anybody’s locked for the answer to its offer',
    clauses: ['the action may be taken: it comes from the successor'],
    patches: [patch(HOST, 'src !== this.#successor || ', '')],
  },
  {
    name: 'says locked to its successor',
    clauses: ['the host sends what the protocol says'],
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
    clauses: ['the action may be taken: the packet is not to be answered'],
    patches: [
      patch(HOST, 'if (epoch === this.epoch && !this.#options.compatible) {', 'if (epoch < 0) {'),
    ],
  },
  {
    name: 'answers a repeated offer although the original would not',
    clauses: ['the action is one of the protocol'],
    options: { compatible: true },
    patches: [
      patch(HOST, 'epoch === this.epoch && !this.#options.compatible', 'epoch === this.epoch'),
    ],
  },
  {
    name: 'repeats offers although the original would not',
    clauses: ['the host is in the state that the protocol says'],
    options: { compatible: true },
    patches: [
      patch(
        HOST,
        'this.offeredAt = this.#options.compatible ? undefined : now;',
        'this.offeredAt = now;',
      ),
    ],
  },
  {
    name: 'leaves packets where they are while it holds the lock',
    clauses: ['a host that is woken by a packet receives it'],
    patches: [
      patch(
        HOST,
        "if (wake === 'packet') return this.#receive(io);",
        "if (wake === 'packet' && !this.held) return this.#receive(io);",
      ),
    ],
  },
];

/** B2: operations out of order. */
export const order: readonly NamedMutant[] = [
  {
    name: 'says locked before it has received the transfer',
    clauses: [
      'a step receives, then learns the time at most once, then sends: R* (C|T)? S*: this one did S R',
    ],
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
    clauses: [
      'a step receives, then learns the time at most once, then sends: R* (C|T)? S*: this one did C S C',
    ],
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
    clauses: [
      'a step receives, then learns the time at most once, then sends: R* (C|T)? S*: this one did C C S',
    ],
    patches: [
      patch(HOST, '    this.#heldSince ??= now;', '    this.#heldSince ??= io.readClock();'),
    ],
  },
  {
    name: 'receives after it has looked at the clock',
    clauses: [
      'a step receives, then learns the time at most once, then sends: R* (C|T)? S*: this one did C R',
    ],
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
