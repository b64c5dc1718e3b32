/**
 * # A peer
 *
 * Everything that goes to one end point. Messages wait until they are flushed, all in one write,
 * over the newest connection, whoever opened it. If there is none and the peer is a server, it is
 * dialled, and they wait for that; a message that has waited for three attempts in vain is dropped.
 *
 * Follows Common/Native/IoFramework.cs of IronFleet; departs from it in that attempts keep a
 * distance from each other, which grows up to a second, so that a dead peer costs next to nothing,
 * in that what waits is bounded, and in that a connection that seems stuck is not relied upon.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { Connection, type ConnectionListener } from './connection.ts';
import type { Handshake } from './handshake.ts';
import type { ServerIdentity } from './identity.ts';
import type { Inboxes, Standing } from './inboxes.ts';
import type { Opened, Opening, OpeningFailure, OpeningListener } from './opening.ts';
import { FRAME_OVERHEAD, type TransportCounters, type TransportLimits } from './transportLimits.ts';

/** What all peers of a transport share. */
export interface PeerContext {
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly inboxes: Inboxes;
  readonly handshake: Handshake;
  /** A connection was dialled, and is now open. */
  opened(connection: Opened): void;
  /**
   * A server could not be reached, or is not what it should be; `again` if that was so already
   * since it was last heard.
   */
  dialFailed(failure: OpeningFailure, again: boolean): void;
  /** The last connection with the peer has ended. */
  abandoned(peer: Peer): void;
  /**
   * Whether a client may have another message of so many bytes on its way although it has its own
   * share already; if so, it counts from now on.
   */
  takeSpareRoom(bytes: number): boolean;
  /** The peer broke the rules, and its connection was closed. */
  troubled(peer: Peer, trouble: string): void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  /** Attempts to connect that have failed while it waited. */
  tries: number;
}

export class Peer implements ConnectionListener, OpeningListener {
  readonly endPoint: EndPoint;
  /** Where to dial it; unknown of clients. */
  readonly server: ServerIdentity | undefined;
  readonly #context: PeerContext;
  readonly #limit: number;
  /** Whether to keep a connection at all times, and not only when there is something to send. */
  readonly #eager: boolean;
  /** Newest first. */
  readonly #connections: Connection[] = [];
  /** Sent since the last flush. */
  #outbox: Uint8Array[] = [];
  /** Flushed while there was no connection. */
  #waiting: Waiting[] = [];
  /** What the messages in both cost. */
  #cost = 0;
  #opening: Opening | undefined;
  #redial: NodeJS.Timeout | undefined;
  #lastDial = Number.NEGATIVE_INFINITY;
  /** Attempts since the peer was last heard. */
  #fruitless = 0;
  /** When it was first sent to since it was last heard. */
  #unansweredSince = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(
    endPoint: EndPoint,
    server: ServerIdentity | undefined,
    context: PeerContext,
    eager: boolean,
  ) {
    this.endPoint = endPoint;
    this.server = server;
    this.#context = context;
    this.#limit = server ? context.limits.outboxBytes : context.limits.clientOutboxBytes;
    this.#eager = eager;
  }

  get standing(): Standing {
    return this.server ? 'server' : 'client';
  }

  /** What is on its way to the peer, in bytes. */
  get queued(): number {
    return this.#cost + (this.#connections[0]?.backlog ?? 0);
  }

  /**
   * Queues a message. It is dropped if what is queued reaches the limit; below that there is room
   * for a message of any size, lest a long one never gets a place in a queue that is always busy.
   * Says whether it is the first since the last flush.
   */
  send(bytes: Uint8Array): boolean {
    const cost = bytes.length + FRAME_OVERHEAD;
    if (this.queued >= this.#limit && !this.#takeSpareRoom(cost)) {
      this.#context.counters.droppedQueueFull++;
      return false;
    }
    this.#cost += cost;
    return this.#outbox.push(bytes) === 1;
  }

  /** Writes what has been sent, or has it wait for a connection if there can be one. */
  flush(): void {
    const connection = this.#openConnection();
    if (connection) {
      if (this.#waiting.length > 0) connection.write(this.#waiting.map(({ bytes }) => bytes));
      if (this.#outbox.length > 0) connection.write(this.#outbox);
      this.#waiting = [];
      this.#outbox = [];
      this.#cost = 0;
      this.#mindSilence();
      return;
    }
    if (this.server === undefined) {
      this.#context.counters.droppedUnroutable += this.#outbox.length;
      this.#cost = 0;
    } else {
      for (const bytes of this.#outbox) this.#waiting.push({ bytes, tries: 0 });
      if (this.#waiting.length > 0) this.dial();
    }
    this.#outbox = [];
  }

  /** From now on this connection, the newest, is the one to send over. */
  attach(opened: Opened): void {
    const { inboxes, counters, limits } = this.#context;
    opened.reader.limit = this.server ? limits.payloadBytes : limits.clientPayloadBytes;
    const connection = new Connection(opened, inboxes, counters, this);
    this.#connections.unshift(connection);
    this.#connections[limits.connectionsPerPeer]?.destroy();
    this.flush();
    connection.start();
  }

  /** Connects to the peer, as soon as its last attempt is long enough ago. */
  dial(): void {
    if (this.#closed || this.#opening !== undefined || this.#redial !== undefined) return;
    const [shortest, longest] = this.#context.limits.redialMs;
    const pause = this.#fruitless === 0 ? 0 : shortest * 2 ** (this.#fruitless - 1);
    const wait = this.#lastDial + Math.min(pause, longest) - performance.now();
    if (wait <= 0) {
      this.#dialNow();
      return;
    }
    this.#redial = setTimeout(() => {
      this.#redial = undefined;
      if (this.#wantsConnection()) this.#dialNow();
    }, wait);
  }

  /** Forgets what has not been written, and ends all connections as soon as what has been is. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#redial);
    this.#opening?.fail('brokenHandshake', 'the transport is closed');
    for (const connection of this.#connections) connection.end();
  }

  /** Ends all connections at once. */
  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  heard(): void {
    this.#fruitless = 0;
    this.#unansweredSince = Number.POSITIVE_INFINITY;
  }

  closed(connection: Connection, trouble: string | undefined): void {
    this.#connections.splice(this.#connections.indexOf(connection), 1);
    if (trouble !== undefined) this.#context.troubled(this, trouble);
    if (this.#connections.length > 0) return;
    this.#context.abandoned(this);
    if (this.#eager) this.dial();
  }

  opened(connection: Opened): void {
    this.#opening = undefined;
    this.#context.opened(connection);
  }

  failed(failure: OpeningFailure): void {
    this.#opening = undefined;
    if (this.#closed) return;
    this.#context.counters.dialsFailed++;
    this.#context.dialFailed(failure, this.#fruitless > 1);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) {
      if (++message.tries < this.#context.limits.tries) {
        this.#waiting.push(message);
      } else {
        this.#context.counters.droppedAfterRetries++;
        this.#cost -= message.bytes.length + FRAME_OVERHEAD;
      }
    }
    if (this.#wantsConnection()) this.dial();
  }

  /** Sees to another connection if what is sent over the newest seems not to arrive. */
  #mindSilence(): void {
    if (this.server === undefined) return;
    const now = performance.now();
    this.#unansweredSince = Math.min(this.#unansweredSince, now);
    if (now - this.#unansweredSince <= this.#context.limits.silenceMs) return;
    this.#unansweredSince = now;
    this.dial();
  }

  #takeSpareRoom(bytes: number): boolean {
    return this.server === undefined && this.#context.takeSpareRoom(bytes);
  }

  /** The newest that something can be written to. */
  #openConnection(): Connection | undefined {
    for (const connection of this.#connections) if (connection.isOpen) return connection;
    return undefined;
  }

  #wantsConnection(): boolean {
    return this.#waiting.length > 0 || (this.#eager && this.#connections.length === 0);
  }

  #dialNow(): void {
    if (this.server === undefined) return;
    this.#lastDial = performance.now();
    this.#fruitless++;
    this.#opening = this.#context.handshake.dial(this.server, this);
  }
}
