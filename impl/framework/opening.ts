/**
 * # The opening of a connection
 *
 * From the first moment of a socket until it is known who is at its other end, or that the peer is
 * refused. Exactly one of the two happens, within a bounded time.
 */
import type { Socket } from 'node:net';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { FrameReader } from './frame.ts';
import type { RefusalReason, TransportLimits } from './transportLimits.ts';

/** A socket whose peer is known. Nothing has been read from it but what `reader` holds. */
export interface Opened {
  readonly socket: Socket;
  /** Where the peer is, as people read it. */
  readonly address: string;
  readonly peer: EndPoint;
  readonly reader: FrameReader;
}

/** Who wants to know how an opening ends. */
export interface OpeningListener {
  opened(connection: Opened): void;
  /** The socket is destroyed. */
  failed(failure: OpeningFailure): void;
}

export interface OpeningFailure {
  /** A server that could not even be reached is `unreachable`. */
  readonly reason: RefusalReason | 'unreachable';
  readonly detail: string;
  readonly address: string;
}

export class Opening {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #listener: OpeningListener;
  readonly #timer: NodeJS.Timeout;
  #reached: boolean;
  #settled = false;
  #detail = 'the connection was closed during the handshake';

  constructor(socket: Socket, limits: TransportLimits, listener: OpeningListener, address: string) {
    this.#socket = socket;
    this.#address = address;
    this.#listener = listener;
    this.#reached = !socket.connecting;
    this.#timer = setTimeout(() => {
      this.fail('tooSlow', `it did not say who it is within ${limits.openingMs} ms`);
    }, limits.openingMs);
    socket.once('connect', () => {
      this.#reached = true;
    });
    socket.on('error', this.#onError);
    // A failed handshake tells its cause by this event of Node's own server, and by no other.
    socket.on('_tlsError', this.#onError);
    socket.once('close', this.#onClose);
  }

  /** The peer is known. What comes next on the stream, `reader` has or the socket will give. */
  succeed(peer: EndPoint, reader = new FrameReader()): void {
    if (!this.#settle()) return;
    this.#listener.opened({ socket: this.#socket, address: this.#address, peer, reader });
  }

  fail(reason: RefusalReason, detail: string): void {
    if (!this.#settle()) return;
    this.#socket.on('error', () => {}); // What goes wrong from here on changes nothing.
    this.#socket.destroy();
    const failure = this.#reached ? reason : 'unreachable';
    this.#listener.failed({ reason: failure, detail, address: this.#address });
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#socket.off('error', this.#onError);
    this.#socket.off('_tlsError', this.#onError);
    this.#socket.off('close', this.#onClose);
    return true;
  }

  readonly #onError = (error: Error): void => {
    this.#detail = error.message;
  };

  readonly #onClose = (): void => {
    this.fail('brokenHandshake', this.#detail);
  };
}
