/**
 * # Running replicas, as the harness simulates them
 *
 * The replicas that servers run, on applications that are checked as they run (B6). Everybody
 * speaks in bytes.
 */
import { CounterService } from '../../impl/apps/counter.ts';
import { KeyValueService } from '../../impl/apps/keyValue.ts';
import type { ServiceClass } from '../../impl/apps/service.ts';
import { Replica } from '../../impl/rsl/replica.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica as ProtocolReplica } from '../../protocol/rsl/replica.ts';
import { type CheckedClass, checkedService } from '../../refinement/apps/checkedService.ts';
import type { Ghost } from '../../refinement/rsl/ghost.ts';
import { type Replicated, replicaRefinement } from '../../refinement/rsl/host.ts';
import { wireOf } from '../../refinement/rsl/wire.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { State } from '../../spec/rsl/service.ts';
import { clientInBytes, hostsInBytes, STRANGERS_IN_BYTES } from '../simulation/endPoints.ts';
import type { SimulatedService } from '../simulation/service.ts';
import { tampered } from '../simulation/tampering.ts';
import { anyReplicas } from './anyReplica.ts';
import { CallWitness } from './calls.ts';
import { clientsOf } from './clients.ts';
import { lie } from './liars.ts';
import { expectReplyInBytes } from './liveness.ts';
import { type ApplicationName, ASKED, conversationInBytes } from './requests.ts';
import { impossible } from './service.ts';
import type { RslShape } from './shape.ts';
import { extreme } from './tampering.ts';
import { RslWatcher } from './watch.ts';

/** Of so many behaviours one begins with steps from arbitrary states: to find those takes long. */
const ANY_STATES_EVERY = 12;

/** Of so many lies one is a message at the limits, and one is somebody's with another number. */
const LIES = 3;

/** What runs in arbitrary states. */
const COUNTER: Replicated = { service: CounterService, application: counter };

const SERVICES: Readonly<Record<ApplicationName, ServiceClass>> = {
  counter: CounterService,
  kv: KeyValueService,
};

/**
 * Whether no request is ever executed twice: everybody who may ask is remembered. Otherwise it may
 * take effect again long after it was answered, and no single machine does that.
 */
const executesOnce = ({ parameters, clients }: RslShape): boolean =>
  !parameters.compatible && parameters.maxCachedReplies >= clients + STRANGERS_IN_BYTES.length;

/** Replicas that run, which are never durable. */
export function rslReplicas(
  shape: RslShape,
): SimulatedService<Replica, ProtocolReplica, Message, Ghost, State> {
  const { application: name, parameters } = shape;
  const { application } = ASKED[name];
  const replicas = hostsInBytes(shape.replicas);
  const isPromised = parameters.maxInteger === Number.MAX_SAFE_INTEGER;
  const conversation = conversationInBytes(name);
  const clients = [clientInBytes(1), clientInBytes(2), ...STRANGERS_IN_BYTES];
  const scenery = { replicas, application, clients, inBytes: true };
  // Replicas that are like the original do not read all of what others write.
  const wire = wireOf(application, false);
  return {
    name: 'rsl',
    refinement: replicaRefinement({ service: SERVICES[name], application }, replicas, parameters),
    anyStates: (random) =>
      random.below(ANY_STATES_EVERY) === 0 ? anyReplicas(COUNTER, random) : undefined,
    // Who has refused, refuses for ever: every replica has a class of its own.
    createHost: (me) => {
      const service = checkedService(SERVICES[name], application);
      return new Replica(me, replicas, parameters, service);
    },
    requestsOf: (hosts) =>
      hosts.reduce((sum, { service }) => sum + (service as CheckedClass).requests, 0),
    clients: (random) => clientsOf(shape.clients, clientInBytes, replicas, conversation, random),
    strangers: STRANGERS_IN_BYTES,
    lie: (random, heard) => {
      switch (random.below(LIES)) {
        case 0:
          return extreme(random);
        case 1:
          return tampered(random, heard);
        default:
          return wire.write(lie(scenery, random));
      }
    },
    watch: () => new RslWatcher(shape),
    ...(executesOnce(shape) && { witness: () => new CallWitness(name) }),
    ...(isPromised && {
      expect: (states: readonly ProtocolReplica[]) =>
        expectReplyInBytes(name, clientInBytes(1), states),
    }),
    never: impossible(shape),
    showSpec: ({ executed }) => `${executed.length} executed`,
  };
}
