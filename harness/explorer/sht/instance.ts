/**
 * # Instances of the hash table
 *
 * What makes one small enough to know all of it: few hosts and keys, and few things that clients
 * and administrators ever say. Time stands still: a resend period has always passed.
 */
import {
  type Configuration,
  DEFAULT,
  type Parameters,
} from '../../../protocol/sht/configuration.ts';
import type { Content, Message } from '../../../protocol/sht/messages.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import { namesOf } from '../../simulation/names.ts';

/** Actions that an instance leaves out, and why. */
export interface Omission {
  readonly actions: readonly string[];
  readonly because: string;
}

export interface Instance {
  readonly name: string;
  /** What happens in it, in a few words. */
  readonly about: string;
  readonly hosts: number;
  readonly configuration?: Partial<Configuration>;
  readonly parameters?: Partial<Parameters>;
  /** All that clients, administrators and strangers say; it may arrive at any time. */
  readonly said: readonly Packet<Message>[];
  readonly without: readonly Omission[];
  /** Whether it is checked that all that is ordered is done in the end. */
  readonly live?: boolean;
}

const RESEND_PERIOD = 1;

/** Clocks go to and fro, so that a resend period has always passed since the last time. */
export const clockReadingsOf = (_instance: Instance): readonly number[] => [0, RESEND_PERIOD];

export const configurationOf = ({ hosts, configuration }: Instance): Configuration => ({
  hosts: namesOf(hosts),
  ...configuration,
});

/** Small numbers; nothing that an instance may do is out of their bounds, unless it says so. */
export const parametersOf = ({ parameters }: Instance): Parameters => ({
  ...DEFAULT,
  maxValueBytes: 4,
  maxDelegationKeys: 1,
  maxDelegationsUnderWay: 1,
  resendPeriod: RESEND_PERIOD,
  maxSeqno: 1_000,
  maxDelegations: 1_000,
  ...parameters,
});

/** What somebody says to a host, one thing after another, under numbers from one on. */
export const conversation = (
  src: EndPoint,
  dst: EndPoint,
  ...contents: readonly Content[]
): readonly Packet<Message>[] =>
  contents.map((content, place) => ({
    src,
    dst,
    msg: { type: 'single', seqno: place + 1, dst, content },
  }));

export const get = (key: bigint): Content => ({ type: 'get', key });

export const set = (key: bigint, value?: string): Content => ({ type: 'set', key, value });

/** The order to hand the keys from `low` up to `high` to somebody. */
export const shard = (low: bigint, high: bigint, recipient: EndPoint): Content => ({
  type: 'shard',
  range: { low, high },
  recipient,
});
