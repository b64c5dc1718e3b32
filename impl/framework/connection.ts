/**
 * # A connection
 *
 * A socket whose peer is known. Frames that arrive go to an inbox; when that is full, the
 * connection stops reading until the host has emptied it, so that the peer has to wait. Frames go
 * out as one write for all that is sent at once.
 */
import type { Socket } from 'node:net';
import { type FrameReader, joinFrames } from './frame.ts';
import type { Inbox, Inboxes, InboxOwner, Standing } from './inboxes.ts';
import type { Opened } from './opening.ts';
import type { TransportCounters } from './transportLimits.ts';

/** Who wants to know what becomes of a connection. */
export interface ConnectionListener {
  /** What the peer is to the service. */
  readonly standing: Standing;
  /** The peer has sent something. */
  heard(): void;
  /** The socket is gone. `trouble` says what the peer did wrong, if it did. */
  closed(connection: Connection, trouble: string | undefined): void;
}

export class Connection implements InboxOwner {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #inboxes: Inboxes;
  readonly #inbox: Inbox;
  readonly #counters: TransportCounters;
  readonly #listener: ConnectionListener;
  /** What one chunk brought: the same array again and again, for most chunks bring one frame. */
  readonly #frames: Uint8Array[] = [];
  #isPaused = false;
  #trouble: string | undefined;

  constructor(
    opened: Opened,
    inboxes: Inboxes,
    counters: TransportCounters,
    listener: ConnectionListener,
  ) {
    this.#socket = opened.socket;
    this.#reader = opened.reader;
    this.#inboxes = inboxes;
    this.#inbox = inboxes.open(opened.peer, listener.standing, this);
    this.#counters = counters;
    this.#listener = listener;
    counters.connectionsOpened++;
    // Whatever the error, the socket closes, and that is what counts.
    opened.socket.on('error', () => {});
    opened.socket.once('close', () => this.#onClose());
  }

  /** Starts to read. Whoever owns the connection must be ready for what comes, answers included. */
  start(): void {
    this.#socket.on('data', (chunk: Uint8Array) => {
      this.#listener.heard();
      this.#reader.feed(chunk);
      this.#deliver();
    });
    this.#deliver(); // What came together with the handshake.
  }

  /** Whether something written now has a chance to arrive. */
  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** The bytes that have been written and not yet been taken by the system. */
  get backlog(): number {
    return this.#socket.writableLength;
  }

  write(payloads: readonly Uint8Array[]): void {
    this.#counters.framesOut += payloads.length;
    const pieces = joinFrames(payloads);
    const [first] = pieces;
    if (first !== undefined && pieces.length === 1) {
      this.#socket.write(first);
      return;
    }
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }

  drained(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  overdrawn(): void {
    this.#fail('all connections together hold too much, and this peer had to make room');
  }

  /** Ends the connection once what has been written is with the system. */
  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Moves the frames that have come to the inbox. */
  #deliver(): void {
    const frames = this.#frames;
    for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) frames.push(frame);
    this.#inboxes.put(this.#inbox, frames, this.#reader.incomplete);
    frames.length = 0;
    if (this.#reader.failure !== undefined) {
      this.#counters.droppedOversized++;
      this.#fail(this.#reader.failure);
    } else if (this.#inboxes.isFull(this.#inbox)) {
      this.#isPaused = true;
      this.#socket.pause();
    }
  }

  #fail(trouble: string): void {
    this.#trouble = trouble;
    this.#socket.destroy();
  }

  #onClose(): void {
    this.#counters.connectionsClosed++;
    if (this.#reader.incomplete > 0) this.#counters.droppedTruncated++;
    this.#inboxes.close(this.#inbox);
    this.#listener.closed(this, this.#trouble);
  }
}
