/**
 * # Small universes of the hash table
 *
 * Instances so small that chance brings their parts together: two or three hosts, a few keys, bounds
 * and values, two clients.
 */
import type { Protocol } from '../../../protocol/framework/action.ts';
import {
  COMPATIBLE,
  type Configuration,
  DEFAULT,
  type Parameters,
} from '../../../protocol/sht/configuration.ts';
import type { Host } from '../../../protocol/sht/host.ts';
import { type Bound, KEY_INF, KEY_ZERO, type Key, type Value } from '../../../protocol/sht/keys.ts';
import type { Message } from '../../../protocol/sht/messages.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { type Domain, oneOf } from '../domain.ts';

export type ShtProtocol = Protocol<Host, Message>;

export interface Universe {
  readonly name: string;
  readonly configuration: Configuration;
  readonly parameters: Parameters;
}

/** Who asks, who orders, and who should do neither. */
export const CLIENTS: readonly [EndPoint, EndPoint] = ['x', 'y'];
export const ADMINISTRATOR: EndPoint = 'admin';
export const STRANGER: EndPoint = 'mallory';
const NOBODY: EndPoint = 'nobody';

const SMALL: Partial<Parameters> = {
  maxValueBytes: 2,
  maxDelegationKeys: 2,
  maxUnacked: 2,
  maxUnackedBytes: 3,
  maxPeers: 3,
  resendPeriod: 1,
  maxResent: 1,
};

const OURS: Parameters = {
  ...DEFAULT,
  ...SMALL,
  maxDelegationBytes: 2,
  maxDelegationsUnderWay: 2,
  maxOrders: 2,
  maxRanges: 6,
};

/** Sizes in which numbers stay within their bounds, and sizes in which they meet them. */
export const UNIVERSES: readonly Universe[] = [
  {
    name: 'two hosts',
    configuration: { hosts: ['a', 'b'], administrators: [ADMINISTRATOR] },
    parameters: OURS,
  },
  { name: 'three hosts', configuration: { hosts: ['a', 'b', 'c'] }, parameters: OURS },
  {
    name: 'three hosts like the original',
    configuration: { hosts: ['a', 'b', 'c'] },
    parameters: { ...COMPATIBLE, ...SMALL },
  },
  {
    name: 'two hosts that count to 3',
    configuration: { hosts: ['a', 'b'] },
    parameters: { ...OURS, maxSeqno: 3, maxDelegations: 6 },
  },
];

/** What clocks may read: the beginning of time, and so late that everything is due. */
export const TIMES: readonly number[] = [0, 20];

const LAST_KEY: Key = KEY_INF - 1n;

/** The domains that states and messages are made of. */
export interface Atoms {
  readonly hosts: Domain<EndPoint>;
  readonly everyone: Domain<EndPoint>;
  readonly keys: Domain<Key>;
  readonly bounds: Domain<Bound>;
  readonly values: Domain<Value>;
  readonly counts: Domain<number>;
  readonly times: Domain<number>;
}

export function atomsOf({ configuration: { hosts } }: Universe): Atoms {
  const [first = ''] = hosts;
  return {
    hosts: oneOf<EndPoint>([first, ...hosts], [NOBODY, CLIENTS[0]]),
    everyone: oneOf<EndPoint>([first, ...hosts, ...CLIENTS, ADMINISTRATOR], [STRANGER]),
    keys: oneOf([0n, 1n, 2n], [LAST_KEY]),
    bounds: oneOf([0n, 1n, 2n, KEY_INF], [KEY_ZERO, 3n, LAST_KEY]),
    values: oneOf<Value>(['v', 'w'], ['', 'vv', 'too long']),
    counts: oneOf([0, 1, 2], [3, 4]),
    times: oneOf([0, 1], [20]),
  };
}
