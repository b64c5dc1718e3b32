/**
 * # The numbers by which a host goes
 *
 * All hosts of a service must be given the same.
 *
 * Follows Impl/SHT/Parameters.i.dfy of IronFleet, whose limits are those of `COMPATIBLE`.
 */

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
