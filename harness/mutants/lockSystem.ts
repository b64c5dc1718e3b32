/**
 * # Mutants of the lock that its running hosts do not betray
 *
 * In most of these, implementation and protocol are changed alike, so that nothing is wrong between
 * the two.
 */
import { type NamedMutant, patch } from './mutant.ts';

const HOST = 'impl/lock/host.ts';
const PROTOCOL = 'protocol/lock/host.ts';

/** B3: implementation and protocol agree, but the specification does not allow what they do. */
export const system: readonly NamedMutant[] = [
  {
    name: 'protocol: accepts the epoch that it has already had',
    clauses: ['L4: the holder is in the last epoch', 'L3: only the last in history holds'],
    patches: [
      patch(HOST, '!this.held && epoch > this.epoch', '!this.held && epoch >= this.epoch'),
      patch(
        PROTOCOL,
        "msg.type === 'transfer' && msg.epoch > h.epoch",
        "msg.type === 'transfer' && msg.epoch >= h.epoch",
      ),
      patch(
        PROTOCOL,
        "clause('offers are repeated', !h.constants.parameters.compatible)",
        "clause('offers are repeated', h.held && !h.constants.parameters.compatible)",
      ),
    ],
  },
  {
    name: 'protocol: grants the lock and keeps it',
    clauses: ['L4: the holder is in the last epoch'],
    patches: [
      patch(HOST, '    this.held = false;\n', ''),
      patch(
        PROTOCOL,
        `      held: false,
      epoch: h.epoch,`,
        `      held: true,
      epoch: h.epoch,`,
      ),
    ],
  },
  {
    name: 'protocol: accepts from a stranger',
    clauses: ['L4: the holder is in the last epoch', 'L3: only the last in history holds'],
    patches: [
      patch(HOST, "    if (!this.#ring.has(src)) return 'ignore';\n", ''),
      patch(
        PROTOCOL,
        `    ?? clause('it comes from a host', h.constants.ring.includes(src))
    ?? clause('the host does not hold the lock', !h.held)`,
        "    ?? clause('the host does not hold the lock', !h.held)",
      ),
      patch(
        PROTOCOL,
        `    ?? clause('it comes from a host', h.constants.ring.includes(src))
    ?? clause('the epoch is its own'`,
        "    ?? clause('the epoch is its own'",
      ),
      patch(
        PROTOCOL,
        "guard: (h, { packet: { src, msg } }) =>\n    clause('the packet is a transfer', msg.type",
        "guard: (h, { packet: { msg } }) =>\n    clause('the packet is a transfer', msg.type",
      ),
    ],
  },
  {
    name: 'protocol: grants without a new epoch',
    clauses: ['L1: no transfer names the first epoch'],
    patches: [
      patch(
        HOST,
        `    this.offeredAt = this.#options.compatible ? undefined : now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));`,
        `    this.offeredAt = this.#options.compatible ? undefined : now;
    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch }));`,
      ),
      patch(
        PROTOCOL,
        `      offeredAt: h.constants.parameters.compatible ? undefined : now,
    },
    sends: [transfer(h)],`,
        `      offeredAt: h.constants.parameters.compatible ? undefined : now,
    },
    sends: [send(h, successor(h.constants), { type: 'transfer', epoch: h.epoch })],`,
      ),
    ],
  },
  {
    name: 'abstraction: whoever grants is put into history',
    clauses: ['L7: whoever offers the lock has granted it to its successor'],
    patches: [
      patch(
        'refinement/lock/service.ts',
        'const destination = sends[0]?.dst;',
        'const destination = sends[0]?.src;',
      ),
    ],
  },
  {
    name: 'abstraction: every transfer is put into history, offered again or not',
    clauses: ['L2: a host knows of the last epoch that it handed on'],
    patches: [
      patch(
        'refinement/lock/service.ts',
        'return action === grant.name && destination !== undefined',
        "return (action === grant.name || action === 'offer') && destination !== undefined",
      ),
    ],
  },
  {
    name: 'abstraction: history grows when a transfer is accepted',
    clauses: ['L7: whoever offers the lock has granted it to its successor'],
    patches: [
      patch(
        'refinement/lock/service.ts',
        'return action === grant.name && destination !== undefined',
        "return action === 'accept' && destination !== undefined",
      ),
    ],
  },
];

/** B4: what is said on the network contradicts the specification. */
export const packets: readonly NamedMutant[] = [
  {
    name: 'protocol: says locked for the epoch after its own',
    clauses: ['the epoch has begun'],
    patches: [
      patch(
        HOST,
        `      this.#announce('I hold the lock!');
      io.send(src, marshal({ type: 'locked', epoch }));`,
        `      this.#announce('I hold the lock!');
      io.send(src, marshal({ type: 'locked', epoch: epoch + 1 }));`,
      ),
      patch(
        PROTOCOL,
        "return { state, sends: [send(h, src, { type: 'locked', epoch: msg.epoch })] };",
        "return { state, sends: [send(h, src, { type: 'locked', epoch: msg.epoch + 1 })] };",
      ),
    ],
  },
  {
    name: 'protocol: says locked for the epoch before its own',
    clauses: ['whoever says locked held the lock in that epoch'],
    patches: [
      patch(
        HOST,
        `    if (epoch === this.epoch && !this.#options.compatible) {
      io.send(src, marshal({ type: 'locked', epoch }));`,
        `    if (epoch === this.epoch && !this.#options.compatible) {
      io.send(src, marshal({ type: 'locked', epoch: Math.max(0, epoch - 1) }));`,
      ),
      patch(
        PROTOCOL,
        "sends: [send(h, src, { type: 'locked', epoch: h.epoch })],",
        "sends: [send(h, src, { type: 'locked', epoch: Math.max(0, h.epoch - 1) })],",
      ),
    ],
  },
  {
    name: 'protocol: says locked for no epoch when it grants',
    clauses: ['epochs count from one'],
    patches: [
      patch(
        HOST,
        `    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));
    return 'grant';`,
        `    io.send(this.#successor, marshal({ type: 'transfer', epoch: this.epoch + 1 }));
    io.send(this.#successor, marshal({ type: 'locked', epoch: 0 }));
    return 'grant';`,
      ),
      patch(
        PROTOCOL,
        `      offeredAt: h.constants.parameters.compatible ? undefined : now,
    },
    sends: [transfer(h)],`,
        `      offeredAt: h.constants.parameters.compatible ? undefined : now,
    },
    sends: [
      transfer(h),
      send(h, successor(h.constants), { type: 'locked', epoch: 0 }),
    ],`,
      ),
    ],
  },
  {
    name: 'network: packets come to whom they were not sent',
    clauses: ['a packet is received only after it was sent'],
    patches: [
      patch(
        'harness/simulation/network.ts',
        '    return this.#indexOf.get(dst);',
        '    return ((this.#indexOf.get(dst) ?? 0) + 1) % this.#indexOf.size;',
      ),
    ],
  },
];

/** Liveness: nothing wrong is done, but not what must be done. */
export const liveness: readonly NamedMutant[] = [
  {
    name: 'never asks to be woken for an offer',
    clauses: ['once the network delivers, every host comes to accept in time'],
    patches: [
      patch(
        HOST,
        'return this.offeredAt + this.#options.retryPeriod;',
        'return Number.POSITIVE_INFINITY;',
      ),
    ],
  },
  {
    name: 'never asks to be woken to grant',
    clauses: ['once the network delivers, every host comes to accept in time'],
    patches: [
      patch(
        HOST,
        'if (this.#heldSince === undefined) return Number.NEGATIVE_INFINITY;',
        'if (this.#heldSince === undefined) return Number.POSITIVE_INFINITY;',
      ),
    ],
  },
];

export const determinism: readonly NamedMutant[] = [
  {
    name: 'waits a random time before it offers again',
    clauses: ['the same seed leads to the same behaviour'],
    patches: [
      patch(
        HOST,
        'return this.offeredAt + this.#options.retryPeriod;',
        'return this.offeredAt + this.#options.retryPeriod * (1 + Math.random());',
      ),
    ],
  },
];
