/**
 * # What the transport allows, and what it counts
 *
 * Whatever a peer can make grow has a limit here. The protocols above tolerate loss, so what goes
 * beyond a limit is dropped and counted rather than waited for.
 */
import { MAX_PAYLOAD } from './frame.ts';

export interface TransportLimits {
  /**
   * The longest payload accepted of a server, in bytes. A connection that announces a longer one is
   * closed.
   */
  readonly payloadBytes: number;
  /** The same for a peer that is no server of the service. */
  readonly clientPayloadBytes: number;
  /**
   * How much one connection may have waiting for the host before the transport stops reading from
   * it, so that the peer feels it; in bytes, with {@link FRAME_OVERHEAD} for each frame, as in all
   * limits of queues.
   */
  readonly inboxBytes: number;
  /**
   * How much all connections together may hold, complete frames and incomplete ones. Beyond it the
   * client that holds most loses all that it has waiting, and its connections; once no client holds
   * anything, the server that holds most.
   */
  readonly heldBytes: number;
  /**
   * How much may be on its way to one peer: not yet flushed, not yet connected, or not yet taken by
   * the system; to oneself, not yet received. A message is dropped if this is reached already, so
   * the last one may go beyond it.
   */
  readonly outboxBytes: number;
  /**
   * The same for a peer that is no server of the service: so much is its own, whatever others do.
   */
  readonly clientOutboxBytes: number;
  /**
   * How much may be on its way to all clients together, in bytes. Below that a client may have more
   * than its own: what it asked for in one go may be long.
   */
  readonly clientsOutboxBytes: number;
  /** Connected peers that are no servers of the service. */
  readonly clients: number;
  /** Connections with one peer; one more closes the oldest. */
  readonly connectionsPerPeer: number;
  /** Accepted connections whose peer is not known yet; one more closes the oldest. */
  readonly openings: number;
  /** How long a peer may take to say who it is, in milliseconds. */
  readonly openingMs: number;
  /** After so many failed attempts to connect, a message that waited for them is dropped. */
  readonly tries: number;
  /**
   * The shortest and the longest pause from one attempt to connect to the next, in milliseconds.
   */
  readonly redialMs: readonly [shortest: number, longest: number];
  /**
   * For how long a server may be sent to without a word from it before another connection is tried,
   * in milliseconds. After an outage of the network a connection can stay stuck about as long
   * again, and a new one is not.
   */
  readonly silenceMs: number;
  /** How long closing waits for peers to take what has been written, in milliseconds. */
  readonly closingMs: number;
}

/** What a waiting frame costs besides its bytes. It bounds the number of empty frames, too. */
export const FRAME_OVERHEAD = 64;

/**
 * With these, a thousand clients that flood fill their inboxes and do not yet reach what all may
 * hold, so nobody is closed for it; only long frames, or many connections of each client, overdraw
 * that.
 */
export const DEFAULT_LIMITS: TransportLimits = {
  payloadBytes: MAX_PAYLOAD,
  clientPayloadBytes: MAX_PAYLOAD,
  inboxBytes: 256 * 1024,
  heldBytes: 384 * 1024 * 1024,
  outboxBytes: 16 * 1024 * 1024,
  clientOutboxBytes: 1024 * 1024,
  clientsOutboxBytes: 256 * 1024 * 1024,
  clients: 1000,
  connectionsPerPeer: 4,
  openings: 512,
  openingMs: 10_000,
  tries: 3,
  redialMs: [100, 1000],
  silenceMs: 5000,
  closingMs: 1000,
};

/**
 * The limits of a transport: those given, and for the rest the defaults. Where payloads may be
 * longer than is usual, so much more may be held, lest a long one never gets through.
 */
export function limitsWith(given: Partial<TransportLimits> = {}): TransportLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const longest = Math.max(limits.payloadBytes, limits.clientPayloadBytes, MAX_PAYLOAD);
  const heldBytes = DEFAULT_LIMITS.heldBytes + longest - MAX_PAYLOAD;
  return { ...limits, heldBytes: given.heldBytes ?? heldBytes };
}

/** Why a peer is not talked to. */
export type RefusalReason =
  | 'noCertificate'
  | 'notRsa'
  | 'wrongKey' // a server that we dialled shows another key than the service file has
  | 'wrongSubject' // a key of the service under another name
  | 'unknownKey' // not a server, where only servers are welcome
  | 'brokenHandshake'
  | 'tooSlow'
  | 'crowdedOut' // too many connections whose peers had not said who they are
  | 'tooManyClients';

/** All numbers count from the start of the transport. */
export interface TransportCounters {
  framesIn: number;
  framesOut: number;
  connectionsOpened: number;
  connectionsClosed: number;
  /** Attempts to connect to a server that failed, whatever the reason. */
  dialsFailed: number;
  /** Connections closed because a frame was longer than allowed. */
  droppedOversized: number;
  /** Frames that were not complete when their connection closed. */
  droppedTruncated: number;
  /** Messages to somebody who is no server and has no connection here. */
  droppedUnroutable: number;
  /** Messages, either way, for which there was no room. */
  droppedQueueFull: number;
  /** Messages whose receiver could not be connected to. */
  droppedAfterRetries: number;
  readonly refused: Record<RefusalReason, number>;
}

export const newCounters = (): TransportCounters => ({
  framesIn: 0,
  framesOut: 0,
  connectionsOpened: 0,
  connectionsClosed: 0,
  dialsFailed: 0,
  droppedOversized: 0,
  droppedTruncated: 0,
  droppedUnroutable: 0,
  droppedQueueFull: 0,
  droppedAfterRetries: 0,
  refused: {
    noCertificate: 0,
    notRsa: 0,
    wrongKey: 0,
    wrongSubject: 0,
    unknownKey: 0,
    brokenHandshake: 0,
    tooSlow: 0,
    crowdedOut: 0,
    tooManyClients: 0,
  },
});
