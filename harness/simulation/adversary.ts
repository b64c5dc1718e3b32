/**
 * # The adversary
 *
 * Gets a turn now and then, in which each kind of fault may happen once. What it cannot do to the
 * world or to the network itself, it has the simulator do.
 */
import type { FaultCounts, FaultPlan } from './faults.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Parcel, World } from './world.ts';

/** What the simulator does for the adversary. */
export interface Powers<P> {
  /** A host does nothing until this time. */
  pause(host: number, until: number): void;
  /** A host stops without warning, and starts again at this time. */
  restart(host: number, at: number): void;
  setClock(host: number, by: number): void;
  /** Someone has sent this. */
  carry(parcel: P): void;
}

/** How long hosts stop, links are cut, and by how much clocks are set, at most: milliseconds. */
const PAUSE = 2_000;
const CUTS = [20, 100, 3_000] as const;
/** What share of packets a cut lets through. */
const LEAKS = [0, 0, 0.4] as const;
const JUMP = 10_000;

export class Adversary<Said, P extends Parcel<Said>> {
  readonly #world: World<Said, P>;
  readonly #plan: FaultPlan;
  readonly #random: Random;
  readonly #network: Network<P>;
  readonly #faults: FaultCounts;
  readonly #powers: Powers<P>;

  constructor(
    world: World<Said, P>,
    plan: FaultPlan,
    random: Random,
    network: Network<P>,
    faults: FaultCounts,
    powers: Powers<P>,
  ) {
    this.#world = world;
    this.#plan = plan;
    this.#random = random;
    this.#network = network;
    this.#faults = faults;
    this.#powers = powers;
  }

  turn(now: number): void {
    const { partition, pause, jump, stranger, restart } = this.#plan;
    const random = this.#random;
    const count = this.#world.names.length;
    this.#network.links.mendExpired(now);
    if (random.happens(partition)) this.#cut(random.below(count), random.below(count), now);
    if (random.happens(pause)) {
      this.#faults['a host paused']++;
      this.#powers.pause(random.below(count), now + random.below(PAUSE));
    }
    if (random.happens(jump)) {
      const host = random.below(count);
      const by = random.below(2 * JUMP) - JUMP;
      this.#faults[by >= 0 ? 'a clock was set forward' : 'a clock was set back']++;
      this.#powers.setClock(host, by);
    }
    if (random.happens(stranger)) this.#haveStrangerSpeak(random.below(count));
    if (this.#world.restart !== undefined && random.happens(restart)) {
      this.#faults['a host was started again']++;
      const soon = random.happens(0.5);
      this.#powers.restart(random.below(count), now + (soon ? 0 : random.below(PAUSE)));
    }
  }

  #cut(from: number, to: number, now: number): void {
    const until = now + this.#random.below(this.#random.pick(CUTS));
    const leak = this.#random.pick(LEAKS);
    if (from === to) {
      this.#faults['a host was cut off']++;
      this.#network.links.cutOff(from, until, leak);
    } else {
      this.#faults['a link was cut one way']++;
      this.#network.links.cut(from, to, until, leak);
    }
  }

  #haveStrangerSpeak(host: number): void {
    const random = this.#random;
    const { heard } = this.#network;
    const src = random.pick(this.#world.strangers);
    const dst = this.#world.names[host] as string;
    if (heard.length > 0 && random.happens(0.5)) {
      this.#faults['a stranger repeated a host']++;
      this.#powers.carry(this.#world.repeat(src, dst, random.pick(heard)));
    } else {
      const { msg, fault } = this.#world.lie(random, heard);
      this.#faults[fault]++;
      this.#powers.carry(this.#world.send(src, dst, msg));
    }
  }
}
