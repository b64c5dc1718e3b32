/**
 * # Running hosts of the hash table, as the harness simulates them
 *
 * The hosts that servers run. Everybody speaks in bytes.
 */
import { ShtHost } from '../../impl/sht/host.ts';
import { marshal } from '../../impl/sht/marshal.ts';
import { parse } from '../../impl/sht/parse.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Message } from '../../protocol/sht/messages.ts';
import type { Ghost } from '../../refinement/sht/ghost.ts';
import { shtRefinement } from '../../refinement/sht/service.ts';
import { INVALID, writeMessage } from '../../refinement/sht/wire.ts';
import type { State } from '../../spec/sht/service.ts';
import type { SimulatedService } from '../simulation/service.ts';
import { tampered } from '../simulation/tampering.ts';
import { anyHosts } from './anyHost.ts';
import { CallWitness } from './calls.ts';
import type { Wire } from './client.ts';
import { clientsOf } from './clients.ts';
import { lie } from './liars.ts';
import { expectAllLands } from './liveness.ts';
import { impossible, showTable, urgent } from './service.ts';
import { configurationOf, isEndless, namesInBytes, type ShtShape } from './shape.ts';
import { extreme } from './tampering.ts';
import { ShtWatcher } from './watch.ts';

/**
 * How clients speak: as programs do, whose bytes are the same as the definition's. Hosts that are
 * like the original do not read all of what others write.
 */
const BYTES: Wire<Uint8Array> = {
  write: (msg) => {
    if (msg.type === 'invalid') throw new RangeError('nothing is not said');
    if (msg.type !== 'single') return marshal(msg);
    const { content } = msg;
    // Keys are handed on by hosts, and by liars, who say it otherwise.
    return content.type === 'delegate' ? writeMessage(msg, false) : marshal({ ...msg, content });
  },
  read: (bytes) => {
    const msg = parse(bytes, false);
    if (msg?.type !== 'single') return msg ?? INVALID;
    const { content } = msg;
    return content.type === 'delegate' ? INVALID : { ...msg, content };
  },
};

/** Of so many behaviours one begins with steps from arbitrary states. */
const ANY_STATES_EVERY = 4;

/** Of so many lies one is a message at the limits, and one is somebody's with another number. */
const LIES = 4;

export function shtHosts(shape: ShtShape): SimulatedService<ShtHost, Host, Message, Ghost, State> {
  const names = namesInBytes(shape);
  const configuration = configurationOf(shape, names);
  const { parameters } = shape;
  return {
    name: 'sht',
    refinement: shtRefinement(configuration, parameters),
    createHost: (me) => new ShtHost(me, configuration, parameters),
    anyStates: (random) =>
      random.below(ANY_STATES_EVERY) === 0 ? anyHosts(shape, random) : undefined,
    urgent,
    clients: (random) => clientsOf(shape, names, BYTES, random),
    strangers: names.strangers,
    lie: (random, heard) => {
      switch (random.below(LIES)) {
        case 0:
          return extreme(random);
        case 1:
          return tampered(random, heard);
        default:
          return writeMessage(lie(shape, names, random), false);
      }
    },
    watch: () => new ShtWatcher(shape),
    witness: () => new CallWitness(parameters.compatible),
    ...(isEndless(shape) && {
      expect: (states: readonly Host[]) => expectAllLands(shape, names, BYTES, states),
    }),
    never: impossible(shape),
    showSpec: showTable,
  };
}
