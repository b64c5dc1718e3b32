/**
 * # Hosts and parameters
 *
 * What every host knows from the start and never changes: who the hosts are, which of them begins
 * with all keys, who may move keys, and the numbers by which hosts go.
 *
 * Follows Protocol/SHT/{Configuration,Parameters}.i.dfy of IronFleet, whose limits are those of
 * `COMPATIBLE`; departs from it in all other limits, in administrators, and in what `compatible`
 * says.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

export interface Parameters {
  /** How long a value may be, in bytes. */
  readonly maxValueBytes: number;
  /** How many keys one delegation moves at most. */
  readonly maxDelegationKeys: number;
  /** How many bytes of values one delegation moves at most, unless one value alone has more. */
  readonly maxDelegationBytes: number;
  /** How many delegations to one host may be unacknowledged before the next must wait. */
  readonly maxDelegationsUnderWay: number;
  /** How many orders to move a range a host keeps in mind at most. */
  readonly maxOrders: number;
  /** How many ranges a host's map may have before it takes no more orders. */
  readonly maxRanges: number;
  /**
   * How many messages to a client may be unacknowledged, and how many bytes of values in them,
   * before no more requests of this client are accepted.
   */
  readonly maxUnacked: number;
  readonly maxUnackedBytes: number;
  /** With how many peers a host converses at most, hosts included. */
  readonly maxPeers: number;
  /** After how long without an acknowledgement a message is sent again, in milliseconds. */
  readonly resendPeriod: number;
  /** How many messages to one peer are sent again at a time. */
  readonly maxResent: number;
  /** The highest number that a message may have. */
  readonly maxSeqno: number;
  /** Beyond so many delegations, less two, a host touches no order and no delegation. */
  readonly maxDelegations: number;
  /** Whether to do only what the original does. */
  readonly compatible: boolean;
}

/** What the original does, with its values: for services of which some hosts are originals. */
export const COMPATIBLE: Parameters = {
  maxValueBytes: 1_023,
  maxDelegationKeys: 61,
  maxDelegationBytes: Number.MAX_SAFE_INTEGER,
  maxDelegationsUnderWay: Number.MAX_SAFE_INTEGER,
  maxOrders: 1,
  maxRanges: Number.MAX_SAFE_INTEGER,
  maxUnacked: 1_024,
  maxUnackedBytes: 8 * 1024 * 1024,
  maxPeers: 1_000_000,
  resendPeriod: 1_000,
  maxResent: 64,
  maxSeqno: Number.MAX_SAFE_INTEGER,
  maxDelegations: Number.MAX_SAFE_INTEGER,
  compatible: true,
};

/** What is recommended where all hosts are of this kind. */
export const DEFAULT: Parameters = {
  ...COMPATIBLE,
  maxValueBytes: 1024 * 1024,
  maxDelegationKeys: 1_000,
  maxDelegationBytes: 256 * 1024,
  maxDelegationsUnderWay: 4,
  maxOrders: 64,
  maxRanges: 65_536,
  compatible: false,
};

/** What is said of a service besides its parameters. */
export interface Configuration {
  /** In their order; the first begins with all keys. */
  readonly hosts: readonly EndPoint[];
  /** Who may have keys moved; without it anybody may, as in the original. */
  readonly administrators?: readonly EndPoint[] | undefined;
  /**
   * Other names by which orders may call hosts: the original's client names them by their public
   * keys, where all others name them by the hash of those.
   */
  readonly aliases?: ReadonlyMap<EndPoint, EndPoint> | undefined;
}

/** What a host knows from the start and never changes. */
export interface Constants extends Configuration {
  readonly me: EndPoint;
  readonly parameters: Parameters;
}

export const isHost = ({ hosts }: Configuration, id: EndPoint): boolean => hosts.includes(id);

/** Whether somebody may have keys moved. */
export const isAdministrator = ({ administrators }: Configuration, id: EndPoint): boolean =>
  administrators === undefined || administrators.includes(id);

/** Whom a name in an order means. */
export const hostNamed = ({ aliases }: Configuration, name: EndPoint): EndPoint =>
  aliases?.get(name) ?? name;

const AT_LEAST_ONE = [
  'maxDelegationKeys',
  'maxDelegationBytes',
  'maxDelegationsUnderWay',
  'maxOrders',
  'maxRanges',
  'maxUnacked',
  'maxUnackedBytes',
  'maxPeers',
  'resendPeriod',
  'maxResent',
  'maxSeqno',
  'maxDelegations',
] as const satisfies readonly (keyof Parameters)[];

/** Why no service can run with these hosts and parameters, each reason in a sentence. */
export function objections({ hosts }: Configuration, parameters: Parameters): string[] {
  const found: string[] = [];
  if (hosts.length === 0) found.push('there must be at least one host');
  for (const [index, host] of hosts.entries()) {
    if (hosts.indexOf(host) < index) found.push(`${host} is a host twice`);
  }
  const atLeast = (name: keyof Parameters, least: number): void => {
    const value = parameters[name];
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    found.push(`${name} must be a whole number of at least ${least}, not ${value}`);
  };
  for (const name of AT_LEAST_ONE) atLeast(name, 1);
  atLeast('maxValueBytes', 0);
  const { maxPeers, maxValueBytes, maxDelegationKeys, compatible } = parameters;
  if (maxPeers < hosts.length) {
    found.push(`maxPeers must leave room for all ${hosts.length} hosts, not ${maxPeers}`);
  }
  if (compatible && maxValueBytes > COMPATIBLE.maxValueBytes) {
    found.push(`the original's values have at most ${COMPATIBLE.maxValueBytes} bytes`);
  }
  if (compatible && maxDelegationKeys > COMPATIBLE.maxDelegationKeys) {
    found.push(`the original moves at most ${COMPATIBLE.maxDelegationKeys} keys at a time`);
  }
  return found;
}
