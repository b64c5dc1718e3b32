/**
 * # The host that runs
 *
 * A host of the hash table, and what makes it act. A message that it has accepted is processed
 * before anything else; otherwise a packet is received, if that is what it was woken for, or else
 * the next piece of a range that is to move is handed on, or what was not acknowledged is sent
 * again. When there is nothing to do it sleeps.
 *
 * Follows Impl/SHT/HostModel.i.dfy and Impl/LiveSHT/SchedulerModel.i.dfy of IronFleet; departs from
 * them in that actions have no fixed turns, in that no packet is thrown away because a message is
 * waiting, and in that orders are carried out bit by bit.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Host, Io, Wake } from '../framework/io.ts';
import { type Configuration, Constants } from './configuration.ts';
import { DelegationMap } from './delegationMap.ts';
import type { HostState, Waiting } from './hostState.ts';
import type { Content, Key, Order } from './messages.ts';
import { delegate, placeOfNext } from './moving.ts';
import type { Parameters } from './parameters.ts';
import { Peer } from './peer.ts';
import { isStuck, processWaiting } from './processing.ts';
import { receive } from './receiving.ts';
import { isAnybodyWaiting, resend } from './resending.ts';
import { type HostSummary, summarize } from './summary.ts';
import { Table } from './table.ts';

/** What a host counts besides its actions, from its start. */
class Counters implements Readonly<Record<string, number>> {
  readonly [name: string]: number;
  /** Packets whose bytes are no message. */
  malformed = 0;
  /** Messages that came before the next of their sender. */
  tooEarly = 0;
  /** Requests that were left to be sent again, as their client leaves too much unacknowledged. */
  notListening = 0;
  /** Messages of those for whom there was no room any more. */
  turnedAway = 0;
  /** Messages sent again. */
  resent = 0;
  keysHandedOn = 0;
  keysAdopted = 0;
  /** How often a client was made to wait because it was sent very much, or much again. */
  clientsHeld = 0;
}

/** Whoever watches a host serve clients. */
export interface Observer {
  /** A client has asked again for what it has not acknowledged, and was sent it. */
  answeredAgain?(client: EndPoint, peer: Peer): void;
  /** A client was sent a value of so many bytes; only told of {@link LONG} ones. */
  answeredAtLength?(client: EndPoint, bytes: number): void;
}

/** So many bytes of a value take much longer than all else about an answer. */
export const LONG = 512 * 1024;

export class ShtHost implements Host, HostState {
  readonly constants: Constants;
  readonly observer: Observer;
  readonly counters = new Counters();
  delegationMap: DelegationMap;
  readonly table = new Table();
  readonly peers = new Map<EndPoint, Peer>();
  received: Waiting | undefined = undefined;
  orders: readonly Order[] = [];
  numDelegations = 1;
  resentAt = 0;
  noted: ReadonlyMap<EndPoint, number> = new Map();

  /** Throws a RangeError if `me` is no host. */
  constructor(
    me: EndPoint,
    configuration: Configuration,
    parameters: Parameters,
    observer: Observer = {},
  ) {
    this.observer = observer;
    this.constants = new Constants(me, configuration, parameters);
    this.delegationMap = DelegationMap.allTo(configuration.hosts[0] ?? me);
  }

  step(io: Io, wake: Wake): string {
    // Else there would be no place for the message in the packet.
    if (this.received !== undefined && !isStuck(this, this.received)) {
      return processWaiting(this, io, this.received);
    }
    if (wake === 'packet') return receive(this, io);
    const place = placeOfNext(this);
    return place === undefined ? resend(this, io) : delegate(this, io, place);
  }

  nextDeadline(): number {
    if (this.received !== undefined && !isStuck(this, this.received)) {
      return Number.NEGATIVE_INFINITY;
    }
    if (placeOfNext(this) !== undefined) return Number.NEGATIVE_INFINITY;
    if (!isAnybodyWaiting(this)) return Number.POSITIVE_INFINITY;
    return this.resentAt + this.constants.parameters.resendPeriod;
  }

  snapshot(): HostSummary {
    return summarize(this, this.constants.hosts);
  }

  isMine(key: Key): boolean {
    return this.delegationMap.ownerOf(key) === this.constants.me;
  }

  /** What is remembered of somebody, from now on if nothing was. */
  peerOf(id: EndPoint): Peer {
    const known = this.peers.get(id);
    if (known) return known;
    const peer = new Peer();
    this.peers.set(id, peer);
    return peer;
  }

  /** Whether there is a number left for a message to somebody. */
  mayTell(id: EndPoint): boolean {
    return (this.peers.get(id)?.lastSent ?? 0) < this.constants.parameters.maxSeqno;
  }

  tell(io: Io, dst: EndPoint, content: Content): void {
    this.peerOf(dst).tell(io, dst, content);
    if (content.type !== 'reply' || content.value === undefined) return;
    const { length } = content.value;
    if (length >= LONG) this.observer.answeredAtLength?.(dst, length);
  }
}
