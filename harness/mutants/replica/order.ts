/** # Mutants of the running replica’s steps: what it does in which order, and with which clock. */
import { type NamedMutant, patch } from '../mutant.ts';
import { ACCEPTOR, ELECTION, LEARNER, PROPOSER, RECEIVING, REPLICA } from './terms.ts';

const ORDER = 'a step receives, then learns the time at most once, then sends: R* (C|T)? S*';

const DID = `${ORDER}: this one did`;

/** B2. */
export const order: readonly NamedMutant[] = [
  {
    name: 'sends before it receives',
    clauses: [ORDER],
    patches: [
      patch(
        RECEIVING,
        '  const packet = io.receive();\n',
        '  io.send(r.constants.me, Uint8Array.of());\n  const packet = io.receive();\n',
      ),
    ],
  },
  {
    name: 'reads the clock a second time for a batch',
    clauses: [`${DID} C C S S S`],
    options: { hosts: 3 },
    patches: [
      patch(REPLICA, 'return proposeBatch(this, io, now);', 'return proposeBatch(this, io);'),
    ],
  },
  {
    name: 'reads the clock a second time for a heartbeat',
    clauses: [`${DID} C C S S S`],
    options: { hosts: 3 },
    patches: [
      patch(REPLICA, 'return sendHeartbeat(this, io, now);', 'return sendHeartbeat(this, io);'),
    ],
  },
  {
    name: 'reads the clock before it receives',
    clauses: [ORDER],
    patches: [
      patch(
        REPLICA,
        "if (wake === 'packet') return receive(this, io);",
        "if (wake === 'packet' && io.readClock() >= 0) return receive(this, io);",
      ),
    ],
  },
  {
    name: 'reads the clock after it has asked for promises',
    clauses: [`${DID} S S S C`],
    options: { hosts: 3 },
    patches: [
      patch(PROPOSER, "  return 'startPhase1';\n", "  io.readClock();\n  return 'startPhase1';\n"),
    ],
  },
  {
    name: 'reads the clock after its heartbeat',
    clauses: [`${DID} C S S S C`],
    options: { hosts: 3 },
    patches: [
      patch(
        REPLICA,
        "  return 'sendHeartbeat';\n",
        "  r.nextHeartbeat = io.readClock() + parameters.heartbeatPeriod;\n  return 'sendHeartbeat';\n",
      ),
    ],
  },
];

/** B1, for the order is legal. */
export const clocks: readonly NamedMutant[] = [
  {
    name: 'receives again in the same step',
    clauses: ['only an idle step waits for a packet in vain'],
    patches: [
      patch(
        RECEIVING,
        '  const packet = io.receive();\n',
        '  const packet = io.receive();\n  io.receive();\n',
      ),
    ],
  },
  {
    name: 'reads the clock where it votes',
    clauses: ['the action does not read the clock'],
    patches: [
      patch(
        ACCEPTOR,
        '  acceptor.record(operation, ballot, batch);\n',
        '  io.readClock();\n  acceptor.record(operation, ballot, batch);\n',
      ),
    ],
  },
  {
    name: 'does not read the clock where it changes its view',
    clauses: ['the action reads the clock'],
    patches: [
      patch(
        ELECTION,
        'constants.replicas.length), io.readClock());',
        'constants.replicas.length), election.epochEnd);',
      ),
    ],
  },
  {
    name: 'leaves packets where they are before its first heartbeat',
    clauses: ['a host that is woken by a packet receives it'],
    patches: [
      patch(
        REPLICA,
        "if (wake === 'packet') return receive(this, io);",
        "if (wake === 'packet' && this.nextHeartbeat > 0) return receive(this, io);",
      ),
    ],
  },
  {
    name: 'calls votes that it has counted by another name',
    clauses: ['the action is one of the protocol'],
    patches: [patch(LEARNER, "? 'learn'", "? 'learnt'")],
  },
  {
    name: 'breaks down where it hears a message of no use',
    clauses: ['a step ends without an exception'],
    patches: [
      patch(
        RECEIVING,
        "    default:\n      return 'ignore';",
        "    default:\n      throw new RangeError('what is this?');",
      ),
    ],
  },
];
