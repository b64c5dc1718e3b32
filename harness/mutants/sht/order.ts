/** # Mutants of the order in which running hosts of the hash table do things, and of when. */
import { type NamedMutant, patch } from '../mutant.ts';
import { RESTLESS } from '../shtTerms.ts';
import { HOST, MOVING, OURS, PROCESSING, RECEIVING, RESENDING } from './terms.ts';

const ORDER = 'a step receives, then learns the time at most once, then sends: R* (C|T)? S*';

/** B2. */
export const order: readonly NamedMutant[] = [
  {
    name: 'acknowledges before it receives',
    clauses: [ORDER],
    patches: [
      patch(
        RECEIVING,
        '  const packet = io.receive();\n',
        '  io.send(h.constants.me, marshalAck(0));\n  const packet = io.receive();\n',
      ),
    ],
  },
  {
    name: 'reads the clock after it has sent again',
    clauses: [ORDER],
    options: RESTLESS,
    patches: [patch(RESENDING, '  h.resentAt = now;\n', '  h.resentAt = io.readClock();\n')],
  },
  {
    name: 'hands keys over and then looks for packets',
    clauses: [ORDER],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        '  handOver(h, io, { low, high: next }, recipient, entries);\n',
        '  handOver(h, io, { low, high: next }, recipient, entries);\n  io.receive();\n',
      ),
    ],
  },
];

/** B1, for the order is legal. */
export const clocks: readonly NamedMutant[] = [
  {
    name: 'reads the clock where it hands keys over',
    clauses: ['the action does not read the clock'],
    options: RESTLESS,
    patches: [
      patch(
        MOVING,
        '  h.numDelegations++;\n  // The',
        '  io.readClock();\n  h.numDelegations++;\n  // The',
      ),
    ],
  },
  {
    name: 'receives two packets in a step',
    clauses: [
      'only an idle step waits for a packet in vain',
      'an action receives at most one packet',
    ],
    patches: [
      patch(
        RECEIVING,
        '  const packet = io.receive();\n',
        '  const packet = io.receive();\n  io.receive();\n',
      ),
    ],
  },
  {
    name: 'receives a packet and processes what was waiting in one step',
    clauses: ['the action receives nothing'],
    patches: [
      patch(
        HOST,
        '      return processWaiting(this, io, this.received);\n    }\n    if',
        "      if (wake === 'packet') io.receive();\n      return processWaiting(this, io, this.received);\n    }\n    if",
      ),
    ],
  },
  {
    name: 'calls a get a set',
    clauses: ['the action may be taken: it is of a type that the action processes'],
    patches: [patch(PROCESSING, "    return 'get';\n", "    return 'set';\n")],
  },
  {
    name: 'breaks down where a message means nothing',
    clauses: ['a step ends without an exception'],
    patches: [
      patch(
        RECEIVING,
        "      h.counters.malformed++;\n      return 'ignore';",
        "      throw new RangeError('what is this?');",
      ),
    ],
  },
  {
    name: 'receives packets only once nothing is to be handed on',
    clauses: ['a host that is woken by a packet receives it'],
    options: OURS,
    patches: [
      patch(
        HOST,
        "    if (wake === 'packet') return receive(this, io);\n    const place = placeOfNext(this);\n",
        "    const place = this.orders.length > 0 ? (placeOfNext(this) ?? -1) : undefined;\n    if (place === -1) return resend(this, io);\n    if (place === undefined && wake === 'packet') return receive(this, io);\n",
      ),
    ],
  },
];
