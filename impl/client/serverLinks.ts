/**
 * # Connections with the servers
 *
 * A client's network over sockets: one connection with each server, dialled again whenever
 * it breaks, with a pause between attempts that grows up to a second. Nothing outlives its
 * connection: what was under way on a broken one is lost, and the client is told that it broke.
 *
 * What is sent while a program runs on goes out in one write at the end of it.
 */
import type { Credentials } from '../framework/certificate.ts';
import { joinFrames } from '../framework/frame.ts';
import { type Handshake, handshakeOf } from '../framework/handshake.ts';
import { describe, type ServerIdentity, type ServiceIdentity } from '../framework/identity.ts';
import type { Opened, Opening, OpeningFailure, OpeningListener } from '../framework/opening.ts';
import { RateLimitedLog } from '../framework/rateLimitedLog.ts';
import type { Timers } from '../framework/timers.ts';
import { DEFAULT_LIMITS } from '../framework/transportLimits.ts';
import { MAX_MESSAGE } from './messages.ts';
import type { ClientNetwork, NetworkListener } from './network.ts';

/** A connection with so many bytes still to leave is full. */
const ROOM = 1024 * 1024;

/** A connection that lasted so long was a good one, in milliseconds. */
const GOOD_MS = 5000;

/** What all links of a client share. */
interface LinkContext {
  readonly handshake: Handshake;
  readonly timers: Timers;
  readonly listener: NetworkListener;
  readonly log: RateLimitedLog;
}

export class ServerLinks implements ClientNetwork {
  readonly names: readonly string[];
  readonly #links: readonly ServerLink[];

  /** Throws a UsageError if the key cannot be used. Begins to dial at once. */
  constructor(
    service: ServiceIdentity,
    me: Credentials,
    timers: Timers,
    listener: NetworkListener,
    log: (line: string) => void = () => {},
  ) {
    const context = {
      handshake: handshakeOf(service, me, DEFAULT_LIMITS),
      timers,
      listener,
      log: new RateLimitedLog(log, timers.now),
    };
    this.names = service.servers.map(describe);
    this.#links = service.servers.map((server, index) => new ServerLink(server, index, context));
  }

  send(server: number, message: Uint8Array): boolean {
    return this.#links[server]?.send(message) ?? true;
  }

  renew(server: number): void {
    this.#links[server]?.dial();
  }

  trouble(server: number): string | undefined {
    return this.#links[server]?.trouble;
  }

  close(): void {
    for (const link of this.#links) link.close();
  }
}

class ServerLink implements OpeningListener {
  readonly #server: ServerIdentity;
  readonly #index: number;
  readonly #context: LinkContext;
  #trouble: string | undefined = 'still connecting';
  #socket: Opened['socket'] | undefined;
  #openedAt = 0;
  #outbox: Uint8Array[] = [];
  #outboxBytes = 0;
  #opening: Opening | undefined;
  #cancelRedial: (() => void) | undefined;
  /** Attempts in vain since the last good connection. */
  #fruitless = 0;
  #closed = false;

  constructor(server: ServerIdentity, index: number, context: LinkContext) {
    this.#server = server;
    this.#index = index;
    this.#context = context;
    this.dial();
  }

  get trouble(): string | undefined {
    return this.#socket === undefined ? this.#trouble : undefined;
  }

  send(message: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket === undefined) return true; // It breaks this moment, and that will be told.
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    this.#outbox.push(message);
    this.#outboxBytes += message.length;
    return this.#outboxBytes + socket.writableLength < ROOM;
  }

  /** Tries to connect now, unless an attempt is under way. A connection that there is stays. */
  dial(): void {
    if (this.#closed || this.#opening !== undefined) return;
    this.#cancelRedial?.();
    this.#cancelRedial = undefined;
    this.#opening = this.#context.handshake.dial(this.#server, this);
  }

  opened({ socket, reader }: Opened): void {
    this.#opening = undefined;
    const { listener, timers } = this.#context;
    this.#drop();
    this.#socket = socket;
    this.#openedAt = timers.now();
    reader.limit = MAX_MESSAGE;
    const receive = (): void => {
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        if (this.#socket !== socket) return;
        listener.received(this.#index, frame);
      }
      if (reader.failure !== undefined) socket.destroy(new Error(reader.failure));
    };
    let trouble = 'the server closed the connection';
    socket.on('error', (error) => {
      trouble = error.message;
    });
    socket.once('close', () => {
      if (this.#socket === socket) this.#broken(trouble);
    });
    socket.on('drain', () => {
      if (this.#socket === socket) listener.drained(this.#index);
    });
    listener.connected(this.#index);
    socket.on('data', (chunk: Uint8Array) => {
      if (this.#socket !== socket) return;
      reader.feed(chunk);
      receive();
    });
    receive(); // What came together with the handshake.
  }

  failed({ reason, detail, address }: OpeningFailure): void {
    this.#opening = undefined;
    if (this.#closed) return;
    this.#trouble = detail;
    const what = reason === 'unreachable' ? 'Cannot reach' : 'Refused';
    // One line tells of a server that is away; it need not be repeated.
    if (reason !== 'unreachable' || this.#fruitless === 0) {
      this.#context.log.line(`${what} ${address}: ${detail}`);
    }
    if (this.#socket === undefined) this.#dialLater();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRedial?.();
    this.#opening?.fail('brokenHandshake', 'the client is closed');
    this.#flush();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.destroySoon();
    // A server that does not take what was written must not keep the program from ending.
    const cancel = this.#context.timers.after(DEFAULT_LIMITS.closingMs, () => socket.destroy());
    socket.once('close', cancel);
  }

  #broken(trouble: string): void {
    this.#trouble = trouble;
    this.#context.log.line(`Lost the connection with ${describe(this.#server)}: ${trouble}`);
    if (this.#context.timers.now() - this.#openedAt >= GOOD_MS) this.#fruitless = 0;
    this.#drop();
    this.#dialLater();
  }

  /** Forgets the connection, if there is one. */
  #drop(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    this.#outbox = [];
    this.#outboxBytes = 0;
    socket.destroy();
    this.#context.listener.disconnected(this.#index);
  }

  #dialLater(): void {
    if (this.#opening !== undefined) return;
    const [shortest, longest] = DEFAULT_LIMITS.redialMs;
    const pause = Math.min(shortest * 2 ** this.#fruitless++, longest);
    this.#cancelRedial = this.#context.timers.after(pause, () => this.dial());
  }

  #flush(): void {
    const { length } = this.#outbox;
    if (length === 0) return;
    const socket = this.#socket;
    const pieces = joinFrames(this.#outbox);
    this.#outbox = [];
    this.#outboxBytes = 0;
    if (socket === undefined) return;
    if (pieces.length > 1) socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (pieces.length > 1) socket.uncork();
  }
}
