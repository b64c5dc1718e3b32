/**
 * # The hash table, as the harness simulates it
 */
import type { Host } from '../../protocol/sht/host.ts';
import type { Message } from '../../protocol/sht/messages.ts';
import { adopt, delegate, shard } from '../../protocol/sht/moving.ts';
import {
  accept,
  acceptAgain,
  hearAck,
  ignore,
  resend,
  tellNumbers,
} from '../../protocol/sht/receiving.ts';
import { get, redirect, set } from '../../protocol/sht/requests.ts';
import { discard } from '../../protocol/sht/sht.ts';
import { refuse, tellStatus } from '../../protocol/sht/telling.ts';
import type { Ghost } from '../../refinement/sht/ghost.ts';
import { shtSystem } from '../../refinement/sht/service.ts';
import type { State } from '../../spec/sht/service.ts';
import { refusing } from '../campaign/coverage.ts';
import { LINK_FAULTS } from '../simulation/faults.ts';
import type { SimulatedProtocol } from '../simulation/protocolService.ts';
import { clausesFor } from './clauses.ts';
import { PLAIN } from './client.ts';
import { clientsOf } from './clients.ts';
import { lie } from './liars.ts';
import { expectAllLands } from './liveness.ts';
import { configurationOf, isEndless, namesInMessages, type ShtShape } from './shape.ts';
import { ShtWatcher } from './watch.ts';

const NOBODY = [ignore.name];

const RECEIVERS: Readonly<Record<Message['type'], readonly string[]>> = {
  single: [accept.name, acceptAgain.name, ignore.name],
  ack: [hearAck.name, ignore.name],
  numbersRequest: [tellNumbers.name, ignore.name],
  numbers: NOBODY,
  invalid: NOBODY,
};

/** What is done with a message that has been accepted, before the next is. */
const PROCESSING = [get, set, redirect, shard, adopt, tellStatus, refuse, discard].map(
  ({ name }) => name,
);

/** What a host does first that has accepted something. */
export const urgent = ({ received }: Host): readonly string[] | undefined =>
  received === undefined ? undefined : PROCESSING;

export function shtService(shape: ShtShape): SimulatedProtocol<Host, Message, Ghost, State> {
  const names = namesInMessages(shape);
  const configuration = configurationOf(shape, names);
  return {
    name: 'sht',
    refinement: shtSystem(configuration, shape.parameters),
    isMessage,
    receivers: ({ type }) => RECEIVERS[type],
    urgent,
    nextDeadline,
    lie: (random) => lie(shape, names, random),
    clients: (random) => clientsOf(shape, names, PLAIN, random),
    watch: () => new ShtWatcher(shape),
    // Where numbers come to their end, nothing is promised.
    ...(isEndless(shape) && {
      expect: (states: readonly Host[]) => expectAllLands(shape, names, PLAIN, states),
    }),
    never: impossible(shape),
    clauses: clausesFor(shape),
    showSpec: showTable,
  };
}

export const showTable = ({ map, executed }: State): string =>
  `${executed.length} executed, ${map.size} keys`;

const isMessage = (said: unknown): said is Message =>
  typeof said === 'object' && said !== null && 'type' in said && `${said.type}` in RECEIVERS;

/** What only one host does to another, if nobody sends anything to himself. */
const OVERTAKING = 'a packet overtook another';

/** What this configuration cannot have. */
export function impossible({ hosts, parameters }: ShtShape): readonly string[] {
  const { maxDelegations } = parameters;
  // Whoever asks for numbers is told them, and the original is never asked.
  const always = refusing(tellNumbers.name);
  const moving = [shard, adopt, delegate, resend].map(({ name }) => name);
  return [
    always,
    // Whoever is alone hands nothing on.
    ...(hosts === 1 ? [...LINK_FAULTS, OVERTAKING, ...moving, redirect.name] : []),
    // A host begins with one delegation, and the last two are never made.
    ...(maxDelegations <= 3 ? [...moving, redirect.name] : []),
  ];
}

/** After how long a host looks again that has put something off, in milliseconds. */
const PUTS_OFF = 15;

/** When a host looks again for what to send once more, or for what it has put off. */
function nextDeadline({ constants, peers, resentAt, ...h }: Host, clock: number): number {
  const { hosts, parameters } = constants;
  const waits = hosts.some((host) => (peers.get(host)?.unacked.length ?? 0) > 0);
  const resend = waits ? resentAt + parameters.resendPeriod : Number.POSITIVE_INFINITY;
  const isBusy = h.received !== undefined || h.orders.length > 0;
  return isBusy ? Math.min(resend, clock + PUTS_OFF) : resend;
}
