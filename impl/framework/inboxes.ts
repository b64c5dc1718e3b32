/**
 * # Inboxes
 *
 * Received frames wait for the host, those of each connection in an inbox of their own, and the
 * inboxes take turns. So a peer that floods makes itself wait and nobody else. The order of frames
 * is kept within a connection, and nothing is promised across connections, just as in any network.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { Fifo } from './fifo.ts';
import type { Received } from './io.ts';
import { FRAME_OVERHEAD, type TransportCounters, type TransportLimits } from './transportLimits.ts';

/** Whoever fills an inbox. */
export interface InboxOwner {
  /** The inbox has become empty: there is room again. */
  drained(): void;
  /** All inboxes together hold too much, and this one held the most. It has been emptied. */
  overdrawn(): void;
}

export interface Inbox {
  readonly src: EndPoint;
  readonly owner: InboxOwner;
  readonly frames: Fifo<Uint8Array>;
  /** What the waiting frames cost. */
  cost: number;
  /** What is held for a frame that has not come whole yet. */
  incomplete: number;
  /** Whether it stands in the line of those whose turn will come. */
  inLine: boolean;
  closed: boolean;
}

export class Inboxes {
  /** Called when there is something to receive after there was nothing. */
  onWaiting: () => void = () => {};
  readonly #limits: TransportLimits;
  readonly #counters: TransportCounters;
  readonly #line = new Fifo<Inbox>();
  readonly #all = new Set<Inbox>();
  #waiting = 0;
  #held = 0;

  constructor(limits: TransportLimits, counters: TransportCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** How many frames wait. */
  get waiting(): number {
    return this.#waiting;
  }

  open(src: EndPoint, owner: InboxOwner): Inbox {
    const frames = new Fifo<Uint8Array>();
    const inbox = { src, owner, frames, cost: 0, incomplete: 0, inLine: false, closed: false };
    this.#all.add(inbox);
    return inbox;
  }

  /** The oldest frame of the inbox whose turn it is. */
  receive(): Received | undefined {
    for (let inbox = this.#line.shift(); inbox !== undefined; inbox = this.#line.shift()) {
      const bytes = inbox.frames.shift();
      inbox.inLine = inbox.frames.length > 0;
      if (inbox.inLine) this.#line.push(inbox);
      if (bytes === undefined) continue; // It has been emptied since it joined the line.
      const cost = bytes.length + FRAME_OVERHEAD;
      inbox.cost -= cost;
      this.#held -= cost;
      this.#waiting--;
      if (!inbox.inLine) this.#drained(inbox);
      return { src: inbox.src, bytes };
    }
    return undefined;
  }

  isFull(inbox: Inbox): boolean {
    return inbox.cost >= this.#limits.inboxBytes;
  }

  /** Puts `frames` into the inbox, and notes what is held for the one that is not complete. */
  put(inbox: Inbox, frames: readonly Uint8Array[], incomplete: number): void {
    for (const frame of frames) {
      inbox.frames.push(frame);
      const cost = frame.length + FRAME_OVERHEAD;
      inbox.cost += cost;
      this.#held += cost;
    }
    this.#held += incomplete - inbox.incomplete;
    inbox.incomplete = incomplete;
    this.#counters.framesIn += frames.length;
    const wereWaiting = this.#waiting;
    this.#waiting += frames.length;
    if (frames.length > 0 && !inbox.inLine) {
      inbox.inLine = true;
      this.#line.push(inbox);
    }
    while (this.#held > this.#limits.heldBytes) this.#emptyTheFullest();
    if (wereWaiting === 0 && this.#waiting > 0) this.onWaiting();
  }

  /** Nothing more will come into this inbox. What it holds is still received. */
  close(inbox: Inbox): void {
    this.#held -= inbox.incomplete;
    inbox.incomplete = 0;
    inbox.closed = true;
    if (inbox.frames.length === 0) this.#all.delete(inbox);
  }

  #drained(inbox: Inbox): void {
    if (inbox.closed) this.#all.delete(inbox);
    else inbox.owner.drained();
  }

  #emptyTheFullest(): void {
    let fullest: Inbox | undefined;
    let most = -1;
    for (const inbox of this.#all) {
      const held = inbox.cost + inbox.incomplete;
      if (held > most) [fullest, most] = [inbox, held];
    }
    if (fullest === undefined) throw new Error('nobody holds what is held');
    this.#counters.droppedQueueFull += fullest.frames.length;
    this.#waiting -= fullest.frames.length;
    this.#held -= most;
    fullest.frames.clear();
    fullest.cost = 0;
    fullest.incomplete = 0;
    this.#all.delete(fullest);
    if (!fullest.closed) fullest.owner.overdrawn();
  }
}
