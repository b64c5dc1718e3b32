/**
 * # The simulated network
 *
 * Decides what becomes of each packet: whether it is lost or repeated, how long it takes, and
 * whether the link that it arrives on is cut at that moment. What a host sends to itself does not
 * cross the network: it may be late, but it is not lost.
 */
import type { FaultCounts, FaultPlan } from './faults.ts';
import { Links } from './links.ts';
import type { Random } from './random.ts';
import type { Parcel } from './world.ts';

/** A straggler takes up to so many times as long as other packets. */
const STRAGGLING = 100;
/**
 * Some links lose nothing, and some much more than others; none loses everything. So the same few
 * hosts keep missing what others hear.
 */
const UNEVEN = [0, 1, 1, 4] as const;
const MOST_LOST = 0.9;
/** How many packets strangers remember. */
const MAX_HEARD = 64;

export class Network<P extends Parcel<unknown>> {
  readonly links: Links;
  /** What strangers have overheard. */
  readonly heard: P[] = [];
  readonly #plan: FaultPlan;
  readonly #random: Random;
  readonly #faults: FaultCounts;
  readonly #indexOf: ReadonlyMap<string, number>;
  /** For each link, the share of packets that it loses. */
  readonly #loss: readonly number[];
  /** For each link, when the latest of the packets that have arrived was sent. */
  readonly #latestSent: number[];

  constructor(names: readonly string[], plan: FaultPlan, random: Random, faults: FaultCounts) {
    this.links = new Links(names.length);
    this.#plan = plan;
    this.#random = random;
    this.#faults = faults;
    this.#indexOf = new Map(names.map((name, index) => [name, index]));
    this.#latestSent = new Array<number>(names.length ** 2).fill(0);
    this.#loss = this.#latestSent.map((_, link) =>
      link % (names.length + 1) === 0 ? 0 : Math.min(plan.loss * random.pick(UNEVEN), MOST_LOST),
    );
  }

  /** The place of the host that a packet goes to; nothing if it goes to nobody here. */
  destinationOf({ dst }: P): number | undefined {
    return this.#indexOf.get(dst);
  }

  /** How long each copy of a packet takes that is sent now; no copy arrives if it is lost. */
  fateOf(packet: P): readonly number[] {
    const { duplication, stranger } = this.#plan;
    if (stranger > 0 && this.heard.length < MAX_HEARD) this.heard.push(packet);
    if (this.#random.happens(this.#lossOf(packet))) {
      this.#faults['a packet was lost']++;
      return [];
    }
    const copies = [this.latency()];
    while (this.#random.happens(duplication)) {
      this.#faults['a packet was repeated']++;
      copies.push(this.latency());
    }
    return copies;
  }

  #lossOf({ src, dst }: P): number {
    const from = this.#indexOf.get(src);
    const to = this.#indexOf.get(dst);
    if (from === undefined || to === undefined) return this.#plan.loss;
    return this.#loss[from * this.#indexOf.size + to] as number;
  }

  /** How long a packet takes. */
  latency(): number {
    const { latency, straggling } = this.#plan;
    const usual = this.#random.below(latency + 1);
    if (!this.#random.happens(straggling)) return usual;
    this.#faults['a packet was late']++;
    return usual + this.#random.below(STRAGGLING * (latency + 1));
  }

  /** Whether a packet gets through to a host at this moment. */
  delivers({ src }: P, host: number, sentAt: number): boolean {
    const from = this.#indexOf.get(src);
    if (from === undefined) return true;
    const { links } = this;
    if (links.isCut(from, host) && !this.#random.happens(links.leak(from, host))) {
      this.#faults['a packet met a cut link']++;
      return false;
    }
    const link = from * this.#indexOf.size + host;
    if (sentAt < (this.#latestSent[link] as number)) this.#faults['a packet overtook another']++;
    else this.#latestSent[link] = sentAt;
    return true;
  }
}
