/**
 * # What a client needs of the network
 *
 * A connection with each server, as far as it can be had. Servers are numbered from 0, as in the
 * service file. Over one connection messages arrive in the order in which they were sent, or not
 * at all; a broken one is replaced, and the client is told.
 *
 * Over sockets these are {@link ServerLinks}; tests have their own.
 */

export interface Network {
  /**
   * Takes a message for a server that is connected. Says whether there is room for more; if not,
   * {@link NetworkListener.drained} says when there is.
   */
  send(server: number, message: Uint8Array): boolean;
  /** The connection with this server seems stuck: try another in its place. */
  renew(server: number): void;
}

/** Called after what has happened, and never from within {@link Network}. */
export interface NetworkListener {
  /** There is a fresh connection with this server, and nothing on it. */
  connected(server: number): void;
  /** The connection is gone, and with it whatever was under way on it. */
  disconnected(server: number): void;
  drained(server: number): void;
  received(server: number, message: Uint8Array): void;
}

/** A network that can be closed, and whose servers have names. */
export interface ClientNetwork extends Network {
  /** Each server as people read it. */
  readonly names: readonly string[];
  /** Why there is no connection with a server; nothing if there is one. */
  trouble(server: number): string | undefined;
  /** Ends all connections; the client is told nothing more. */
  close(): void;
}
