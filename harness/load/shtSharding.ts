/**
 * # The original's test of sharding
 *
 * Asks the first host for a key, has it hand on a range with that key to the second host, and sees
 * to it that from then on the first host redirects and the second one answers.
 *
 * Follows the workload f of IronSHTClient of IronFleet; departs from it in that the order names the
 * recipient by its end point rather than by its public key, so that it works, and in that a host
 * that does not answer is asked again, and the program does not wait for ever.
 */
import { type Asked, askOne } from '../../impl/client/shtAsking.ts';
import { ShtHosts } from '../../impl/client/shtHosts.ts';
import { getRequest, keyOf, shardOrder } from '../../impl/client/shtMessages.ts';
import type { Credentials } from '../../impl/framework/certificate.ts';
import type { ServiceIdentity } from '../../impl/framework/identity.ts';
import { nonce } from '../../impl/framework/nonce.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import type { ProgramOutput } from './programOutput.ts';

const KEY = 150n;
const RANGE = { low: 125n, high: 175n };

const SETTINGS = { inFlight: 16, inFlightBytes: 1024, retryMs: 1000, connectTimeout: 10_000 };
const PATIENCE_MS = 10_000;

export interface ShardingSettings {
  /** How long to wait after each of the steps, in seconds. */
  readonly sleep: number;
  /** An administrator's key, where the service has administrators. */
  readonly key: Credentials | undefined;
  readonly signal: AbortSignal;
  readonly output: ProgramOutput;
}

/** Says whether all went as it should. Throws a {@link UsageError} where there is one host only. */
export async function tryRedirection(
  service: ServiceIdentity,
  settings: ShardingSettings,
): Promise<boolean> {
  if (service.servers.length < 2) {
    throw new UsageError('workload=f needs a service of at least two hosts');
  }
  const { key, signal, output } = settings;
  const identity = key && { identity: key, nonce: nonce() };
  const hosts = await ShtHosts.connect(service, { ...SETTINGS, signal, ...identity });
  try {
    const fault = await faultOf(hosts, service.servers[1]?.endPoint ?? '', settings);
    if (fault === undefined) output.print('Successfully received reply');
    else output.complain(`ERROR - ${fault}`);
    return fault === undefined;
  } finally {
    hosts.close();
  }
}

/** What goes wrong, if anything does. */
async function faultOf(
  hosts: ShtHosts,
  recipient: string,
  { sleep, output }: ShardingSettings,
): Promise<string | undefined> {
  const pause = (): Promise<void> =>
    new Promise((resolve) => void setTimeout(resolve, 1000 * sleep));
  const get = (host: number): Promise<Asked> => askOne(hosts, host, getRequest(KEY), PATIENCE_MS);

  output.print(`Get of key ${KEY} from ${hosts.nameOf(0)}`);
  const before = await get(0);
  if (!isReply(before)) {
    return (
      `The first host does not have key ${KEY} (${show(before)}); the test begins where it does: `
      + 'move the key there with `ironfleet sht-admin`'
    );
  }
  const { low, high } = RANGE;
  output.print(`Order to hand on keys ${low} to ${high - 1n} to ${hosts.nameOf(1)}`);
  const order = new Order(hosts, shardOrder(RANGE, recipient));
  if (!(await order.accepted)) return 'The first host has not accepted the order';
  await pause();
  const redirected = await get(0);
  if (redirected.type !== 'redirect' || redirected.owner !== recipient) {
    const why = order.refusal ?? show(redirected);
    return `The first host does not redirect to the second: ${why}`;
  }
  output.print(`Redirected to ${hosts.nameOf(1)}`);
  await pause();
  const after = await get(1);
  return isReply(after) ? undefined : `The second host does not reply: ${show(after)}`;
}

/** An order to the first host. */
class Order {
  /** Why it was refused, if it was. */
  refusal: string | undefined;
  /** Whether the host has accepted it, which it may refuse after that. */
  readonly accepted: Promise<boolean>;

  constructor(hosts: ShtHosts, content: Uint8Array) {
    this.accepted = new Promise((resolve) => {
      const accepted = (): void => resolve(true);
      void askOne(hosts, 0, content, PATIENCE_MS, accepted).then((answer) => {
        if (answer.type === 'refusal') this.refusal = `it refused the order: ${answer.reason}`;
        resolve(answer.type !== 'silence');
      });
    });
  }
}

const isReply = (answer: Asked): boolean =>
  answer.type === 'reply' && keyOf(answer.content) === KEY;

function show(answer: Asked): string {
  switch (answer.type) {
    case 'silence':
    case 'passedOver':
      return 'it says nothing';
    case 'redirect':
      return 'it says that another host has it';
    default:
      return `its answer is a ${answer.type}`;
  }
}
