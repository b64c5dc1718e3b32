/**
 * # Hosts of the hash table for tests
 *
 * Hosts in a state of one's choosing, and what they receive. Everything is frozen, so that an action
 * that changes what it is given is found out.
 */
import { expect } from 'vitest';
import type { LocalAction, PacketAction, Step } from '../../protocol/framework/action.ts';
import { type Configuration, DEFAULT, type Parameters } from '../../protocol/sht/configuration.ts';
import { type Host, initHost } from '../../protocol/sht/host.ts';
import type { Value } from '../../protocol/sht/keys.ts';
import type { Content, Message, SingleMessage } from '../../protocol/sht/messages.ts';
import type { Peer } from '../../protocol/sht/singleDelivery.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import { deepFreeze } from './deepFreeze.ts';

export const HOSTS: readonly EndPoint[] = ['a', 'b', 'c'];

/** Small numbers, of which few are the same. */
export const PARAMETERS: Parameters = {
  ...DEFAULT,
  maxValueBytes: 8,
  maxDelegationKeys: 3,
  maxDelegationBytes: 10,
  maxDelegationsUnderWay: 2,
  maxOrders: 3,
  maxRanges: 6,
  maxUnacked: 4,
  maxUnackedBytes: 12,
  maxPeers: 5,
  resendPeriod: 100,
  maxResent: 2,
  maxSeqno: 50,
  maxDelegations: 20,
};

export const COMPATIBLE: Parameters = {
  ...PARAMETERS,
  maxDelegationBytes: Number.MAX_SAFE_INTEGER,
  maxDelegationsUnderWay: Number.MAX_SAFE_INTEGER,
  maxRanges: Number.MAX_SAFE_INTEGER,
  compatible: true,
};

/** What is special about a host; all else is as at the beginning. */
export type Parts = Partial<Omit<Host, 'constants'>>;

/** Host b, which begins without keys, unless `me` says otherwise. */
export const host = (
  parts: Parts = {},
  parameters: Parameters = PARAMETERS,
  configuration: Partial<Configuration> = {},
  me: EndPoint = 'b',
): Host =>
  deepFreeze({ ...initHost({ hosts: HOSTS, ...configuration, me, parameters }), ...parts });

export const table = (...entries: readonly (readonly [bigint, Value])[]): OrderedMap<Value> =>
  OrderedMap.of(...entries);

export const single = (seqno: number, content: Content, dst: EndPoint = 'b'): SingleMessage =>
  deepFreeze({ type: 'single', seqno, dst, content });

/** What a host remembers of one who sent it so much, and was sent so much. */
export const peer = (accepted: number, acked = 0, unacked: readonly SingleMessage[] = []): Peer =>
  deepFreeze({ accepted, acked, unacked, unackedBytes: 0 });

/** The message that waits with host b. */
export const waiting = (src: EndPoint, content: Content, seqno = 1): Packet<SingleMessage> =>
  deepFreeze({ src, dst: 'b', msg: single(seqno, content) });

export const sentFrom = (src: EndPoint, msg: Message, dst: EndPoint = 'b'): Packet<Message> =>
  deepFreeze({ src, dst, msg });

/** Actions that read no clock are given none. */
const NOW = Number.NaN;

export const guardOfReceiving = (
  action: PacketAction<Host, Message>,
  h: Host,
  src: EndPoint,
  msg: Message,
): Verdict =>
  action.guard(h, { packet: sentFrom(src, msg, h.constants.me), now: NOW, choice: undefined });

/** What a host does with a packet that it may receive so. */
export function receive(
  action: PacketAction<Host, Message>,
  h: Host,
  src: EndPoint,
  msg: Message,
): Step<Host, Message> {
  expect(guardOfReceiving(action, h, src, msg)).toBeUndefined();
  return action.step(h, {
    packet: sentFrom(src, msg, h.constants.me),
    now: NOW,
    choice: undefined,
  });
}

export const guardOfTaking = (action: LocalAction<Host, Message>, h: Host, now = NOW): Verdict =>
  action.guard(h, { now, choice: undefined });

/** What a host does of its own accord where it may. */
export function take(action: LocalAction<Host, Message>, h: Host, now = NOW): Step<Host, Message> {
  expect(guardOfTaking(action, h, now)).toBeUndefined();
  return action.step(h, { now, choice: undefined });
}
