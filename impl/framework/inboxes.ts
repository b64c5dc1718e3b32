/**
 * # Inboxes
 *
 * Received frames wait for the host, those of each peer in a queue of their own, and the peers take
 * turns, however many connections each has. So a peer that floods makes itself wait and nobody
 * else. The order of frames is kept within a connection, and nothing is promised across
 * connections, just as in any network.
 *
 * A peer that the host holds has no turn until it is released. Meanwhile its inboxes fill, and then
 * its connections are no longer read, so that it feels it.
 *
 * If all connections together hold too much, room is made at the expense of whole peers: of clients
 * before servers, and among these of whoever holds most.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { Fifo } from './fifo.ts';
import type { Flow, Received } from './io.ts';
import { FRAME_OVERHEAD, type TransportCounters, type TransportLimits } from './transportLimits.ts';

/** Whoever fills an inbox. */
export interface InboxOwner {
  /** The inbox has become empty: there is room again. */
  drained(): void;
  /** All inboxes together hold too much, and those of its peer have been emptied for that. */
  overdrawn(): void;
}

/**
 * What a sender is to the receiver: no server of the service, one of its servers, or the receiver
 * itself. What a host sends itself is bounded where it is sent, and never dropped here.
 */
export type Standing = 'client' | 'server' | 'self';

/** What one connection has waiting. */
export interface Inbox {
  readonly sender: Sender;
  readonly owner: InboxOwner;
  /** What the waiting frames cost. */
  cost: number;
  /** What is held for a frame that has not come whole yet. */
  incomplete: number;
}

/**
 * How many frames of a peer a turn has at most. What a peer has sent at once is answered at once,
 * by one write instead of many: that is most of the cost where many peers have many requests under
 * way. Yet a peer that floods gets no more than any other that does.
 */
const TURN = 16;

/** A packet that waits, and where it came in. */
interface Frame extends Received {
  readonly inbox: Inbox;
}

/** A peer with all its connections. */
interface Sender {
  readonly src: EndPoint;
  readonly standing: Standing;
  readonly frames: Fifo<Frame>;
  /** The inboxes that are not closed. */
  readonly open: Set<Inbox>;
  /** What all its inboxes hold, the closed ones included. */
  held: number;
  /** Whether it is its turn, or it stands in the line of those whose turn will come. */
  inLine: boolean;
  /** Whether its frames are kept from the host: then they do not count as waiting. */
  onHold: boolean;
}

export class Inboxes implements Flow {
  /** Called when there is something to receive after there was nothing. */
  onWaiting: () => void = () => {};
  readonly #limits: TransportLimits;
  readonly #counters: TransportCounters;
  readonly #line = new Fifo<Sender>();
  /** Whose turn it is, and how many of its frames may come before it is the next one's. */
  #turnOf: Sender | undefined;
  #left = 0;
  /** All peers that are connected or hold something. */
  readonly #peers = new Map<EndPoint, Sender>();
  /** Whoever is held, whether connected or not: leaving and coming back does not help. */
  readonly #onHold = new Set<EndPoint>();
  #waiting = 0;
  /** What all of `#peers` hold. */
  #held = 0;

  constructor(limits: TransportLimits, counters: TransportCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** How many frames wait to be received, and may be. */
  get waiting(): number {
    return this.#waiting;
  }

  open(src: EndPoint, standing: Standing, owner: InboxOwner): Inbox {
    const sender =
      standing === 'self' ? newSender(src, standing, false) : this.#peer(src, standing);
    const inbox = { sender, owner, cost: 0, incomplete: 0 };
    sender.open.add(inbox);
    return inbox;
  }

  /** The oldest frame of the peer whose turn it is. */
  receive(): Received | undefined {
    for (let sender = this.#whoseTurn(); sender !== undefined; sender = this.#whoseTurn()) {
      const frame = sender.onHold ? undefined : sender.frames.shift();
      if (frame === undefined) {
        this.#endTurn(); // It has no more, or was held, or its frames were dropped.
        continue;
      }
      this.#left--;
      const { inbox, bytes } = frame;
      const cost = bytes.length + FRAME_OVERHEAD;
      inbox.cost -= cost;
      this.#charge(sender, -cost);
      this.#waiting--;
      if (sender.open.has(inbox)) {
        if (inbox.cost === 0) inbox.owner.drained();
      } else {
        this.#forgetIfGone(sender);
      }
      return frame;
    }
    return undefined;
  }

  #whoseTurn(): Sender | undefined {
    const current = this.#turnOf;
    if (current !== undefined) {
      if (this.#left > 0) return current;
      this.#endTurn();
    }
    this.#turnOf = this.#line.shift();
    this.#left = TURN;
    return this.#turnOf;
  }

  /** Whoever has more to say stands in line again. */
  #endTurn(): void {
    const sender = this.#turnOf;
    this.#turnOf = undefined;
    if (sender === undefined) return;
    sender.inLine = !sender.onHold && sender.frames.length > 0;
    if (sender.inLine) this.#line.push(sender);
  }

  isFull(inbox: Inbox): boolean {
    return inbox.cost >= this.#limits.inboxBytes;
  }

  /** Puts `frames` into the inbox, and notes what is held for the one that is not complete. */
  put(inbox: Inbox, frames: readonly Uint8Array[], incomplete: number): void {
    const { sender } = inbox;
    let cost = 0;
    for (const bytes of frames) {
      sender.frames.push({ src: sender.src, bytes, inbox });
      cost += bytes.length + FRAME_OVERHEAD;
    }
    this.#charge(sender, cost + incomplete - inbox.incomplete);
    inbox.cost += cost;
    inbox.incomplete = incomplete;
    this.#counters.framesIn += frames.length;
    const wereWaiting = this.#waiting;
    if (!sender.onHold) this.#letIn(sender, frames.length);
    if (this.#held > this.#limits.heldBytes) this.#makeRoom();
    if (wereWaiting === 0 && this.#waiting > 0) this.onWaiting();
  }

  /** What the receiver sends itself is never held, whoever else claims its name. */
  hold(src: EndPoint): void {
    this.#onHold.add(src);
    const sender = this.#peers.get(src);
    if (sender === undefined || sender.onHold) return;
    sender.onHold = true;
    this.#waiting -= sender.frames.length;
  }

  release(src: EndPoint): void {
    this.#onHold.delete(src);
    const sender = this.#peers.get(src);
    if (sender === undefined || !sender.onHold) return;
    sender.onHold = false;
    const wereWaiting = this.#waiting;
    this.#letIn(sender, sender.frames.length);
    if (wereWaiting === 0 && this.#waiting > 0) this.onWaiting();
  }

  /** Nothing more will come into this inbox. What it holds is still received. */
  close(inbox: Inbox): void {
    this.#charge(inbox.sender, -inbox.incomplete);
    inbox.incomplete = 0;
    inbox.sender.open.delete(inbox);
    this.#forgetIfGone(inbox.sender);
  }

  /** Without TLS a peer may claim to be the receiver itself; it is a peer all the same. */
  #peer(src: EndPoint, standing: Standing): Sender {
    const known = this.#peers.get(src);
    if (known) return known;
    const peer = newSender(src, standing, this.#onHold.has(src));
    this.#peers.set(src, peer);
    return peer;
  }

  /** So many frames of a peer, which are in its queue, may be received when it has its turn. */
  #letIn(sender: Sender, count: number): void {
    this.#waiting += count;
    if (count === 0 || sender.inLine) return;
    sender.inLine = true;
    this.#line.push(sender);
  }

  #charge(sender: Sender, amount: number): void {
    sender.held += amount;
    if (sender.standing !== 'self') this.#held += amount;
  }

  #forgetIfGone(sender: Sender): void {
    if (sender.open.size === 0 && sender.held === 0) this.#peers.delete(sender.src);
  }

  #makeRoom(): void {
    const holders = [...this.#peers.values()].filter(({ held }) => held > 0);
    const rank = ({ standing }: Sender) => (standing === 'client' ? 0 : 1);
    holders.sort((a, b) => rank(a) - rank(b) || b.held - a.held);
    for (const sender of holders) {
      if (this.#held <= this.#limits.heldBytes) return;
      this.#empty(sender);
    }
  }

  #empty(sender: Sender): void {
    this.#counters.droppedQueueFull += sender.frames.length;
    if (!sender.onHold) this.#waiting -= sender.frames.length;
    sender.frames.clear();
    this.#charge(sender, -sender.held);
    for (const inbox of sender.open) {
      inbox.cost = 0;
      inbox.incomplete = 0;
      inbox.owner.overdrawn();
    }
    this.#forgetIfGone(sender);
  }
}

const newSender = (src: EndPoint, standing: Standing, onHold: boolean): Sender => ({
  src,
  standing,
  frames: new Fifo(),
  open: new Set(),
  held: 0,
  inLine: false,
  onHold,
});
