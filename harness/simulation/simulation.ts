/**
 * # The simulator
 *
 * A world in which time is a number and everything that can go wrong does, as often as its fault
 * plan says. It decides what happens next and lets the cluster do it. The same shape leads to the
 * same behaviour, to the last byte.
 *
 * A behaviour has two parts: chaos for a number of steps, and then, where the service promises
 * progress, a network that works, in which every host must make progress within the service's
 * bound.
 */
import TinyQueue from 'tinyqueue';
import type { Host } from '../../impl/framework/io.ts';
import { LivenessRefusal } from '../../refinement/framework/refusal.ts';
import { Clocks } from './clocks.ts';
import type { Cluster, Envelope } from './cluster.ts';
import { type FaultCounts, type FaultPlan, noFaultsYet } from './faults.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';
import type { SimulatedService } from './service.ts';
import { HUGE, rubbish } from './strangers.ts';

/** What the adversary is given. */
export interface Plan {
  readonly seed: number;
  /** How many steps hosts take before the network heals. */
  readonly steps: number;
  readonly faults: FaultPlan;
}

/**
 * After healing, a packet takes at most this long, and a host that is due steps within this long.
 */
export const HEALED_LATENCY = 10;
const REACTION = 3;
/** How often the adversary gets a turn. */
const TURN = 20;
/** Chaos lasts at most so long for each step planned, for a service may have nothing more to do. */
const TIME_PER_STEP = 100;
const STRANGERS = ['mallory', 'oscar'] as const;

type Happening = { readonly time: number; readonly order: number } & (
  | {
      readonly type: 'deliver';
      readonly host: number;
      readonly packet: Envelope;
      readonly sentAt: number;
    }
  | { readonly type: 'wake'; readonly host: number }
  | { readonly type: 'turn' }
);

const earlier = (a: Happening, b: Happening): number => a.time - b.time || a.order - b.order;

export class Simulation<Impl extends Host, State, Message, Ghost, Spec> {
  readonly faults: FaultCounts = noFaultsYet();
  /** Called when the chaos is over. */
  onHeal: (() => void) | undefined;
  readonly #service: SimulatedService<Impl, State, Message, Ghost, Spec>;
  readonly #cluster: Cluster<Impl, State, Message, Ghost, Spec>;
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #queue = new TinyQueue<Happening>([], earlier);
  readonly #clocks: Clocks;
  readonly #network: Network;
  readonly #pausedUntil: number[];
  /** When each host is to be woken next; a wake at any other time is out of date. */
  readonly #wakeAt: number[];
  #now = 0;
  #order = 0;
  #steps = 0;
  #healed = false;

  /** Without `clocks`, they go astray as the plan allows. */
  constructor(
    service: SimulatedService<Impl, State, Message, Ghost, Spec>,
    cluster: Cluster<Impl, State, Message, Ghost, Spec>,
    plan: Plan,
    clocks?: Clocks,
  ) {
    const count = cluster.names.length;
    this.#service = service;
    this.#cluster = cluster;
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#clocks = clocks ?? Clocks.astray(count, plan.faults, this.#random);
    this.#network = new Network(cluster.names, plan.faults, this.#random, this.faults);
    this.#pausedUntil = new Array<number>(count).fill(0);
    this.#wakeAt = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Runs the whole behaviour; throws the first refusal. */
  run(): void {
    this.#start();
    const end = this.#plan.steps * TIME_PER_STEP;
    while (this.#steps < this.#plan.steps && this.#now < end && this.#next() !== undefined) {}
    this.onHeal?.();
    this.heal();
  }

  /** Lets the network work from now on and checks that every host makes progress in time. */
  heal(): void {
    const { liveness } = this.#service;
    this.#healed = true;
    this.#network.links.mend();
    this.#pausedUntil.fill(0);
    if (liveness === undefined) return;
    const deadline = this.#now + liveness.bound(HEALED_LATENCY, REACTION);
    const waiting = new Set(this.#cluster.names.keys());
    // Whoever was stopped goes on now, and waking too early does no harm.
    for (const host of waiting) this.#wakeSoon(host);
    while (waiting.size > 0) {
      const stepped = this.#next();
      if (stepped === undefined || this.#now > deadline) {
        const names = [...waiting].map((host) => this.#cluster.names[host]);
        const place = { host: names.join(', '), step: this.#steps, action: 'wait' };
        throw new LivenessRefusal(place, {
          failed: `once the network delivers, every host comes to ${liveness.progress} in time`,
          because: [
            { failed: `${names.join(', ')} did not within ${deadline} ms of virtual time` },
          ],
        });
      }
      if (this.#cluster.lastAction === liveness.progress) waiting.delete(stepped);
    }
  }

  #start(): void {
    for (const host of this.#cluster.names.keys()) this.#wakeSoon(host);
    this.#push({ type: 'turn', time: TURN, order: this.#order++ });
  }

  /**
   * The next thing happens; gives the host that took a step, −1 if none did, nothing if all is
   * over.
   */
  #next(): number | undefined {
    const happening = this.#queue.pop();
    if (happening === undefined) return undefined;
    this.#now = happening.time;
    switch (happening.type) {
      case 'turn':
        if (!this.#healed) {
          this.#adversary();
          this.#push({ type: 'turn', time: this.#now + TURN, order: this.#order++ });
        }
        return -1;
      case 'wake':
        return this.#wake(happening);
      case 'deliver':
        return this.#deliver(happening);
    }
  }

  #wake({ host, time }: Happening & { type: 'wake' }): number {
    if (this.#wakeAt[host] !== time) return -1;
    this.#wakeAt[host] = Number.POSITIVE_INFINITY;
    const resumes = this.#pausedUntil[host] as number;
    if (resumes > time) {
      // The alarm has gone off; whoever was stopped meanwhile hears it on waking, whatever the
      // clock says.
      this.#wakeAt[host] = resumes;
      this.#push({ type: 'wake', host, time: resumes, order: this.#order++ });
      return -1;
    }
    this.#step(host, undefined);
    return host;
  }

  #deliver(happening: Happening & { type: 'deliver' }): number {
    const { host, packet, sentAt, time } = happening;
    const resumes = this.#pausedUntil[host] as number;
    if (resumes > time) {
      this.#push({ ...happening, time: resumes, order: this.#order++ });
      return -1;
    }
    if (!this.#network.delivers(packet, host, sentAt)) return -1;
    this.#step(host, packet);
    return host;
  }

  #step(host: number, packet: Envelope | undefined): void {
    this.#steps++;
    const sent = this.#cluster.step(host, packet, this.#clocks.read(host, this.#now));
    for (const each of sent) this.#post(each);
    this.#scheduleWake(host);
  }

  #post(packet: Envelope): void {
    const host = this.#network.destinationOf(packet);
    if (host === undefined) return;
    if (this.#healed) this.#arrive(host, packet, this.#random.below(HEALED_LATENCY));
    else for (const latency of this.#network.fateOf(packet)) this.#arrive(host, packet, latency);
  }

  #arrive(host: number, packet: Envelope, latency: number): void {
    const time = this.#now + latency;
    this.#push({ type: 'deliver', host, packet, sentAt: this.#now, time, order: this.#order++ });
  }

  /** A host says by its own clock when it wants to be woken. */
  #scheduleWake(host: number): void {
    const deadline = (this.#cluster.hosts[host] as Impl).nextDeadline();
    if (deadline === Number.POSITIVE_INFINITY) {
      this.#wakeAt[host] = Number.POSITIVE_INFINITY;
      return;
    }
    const due = this.#clocks.whenReads(host, deadline, this.#now);
    const reaction = this.#random.below(REACTION);
    const time = Math.max(due, this.#now + reaction, this.#pausedUntil[host] as number);
    // An earlier wake stands: the host finds out by itself if it comes too early.
    if (time >= (this.#wakeAt[host] as number) && (this.#wakeAt[host] as number) >= this.#now)
      return;
    this.#wakeAt[host] = time;
    this.#push({ type: 'wake', host, time, order: this.#order++ });
  }

  #wakeSoon(host: number): void {
    this.#wakeAt[host] = this.#now;
    this.#push({ type: 'wake', host, time: this.#now, order: this.#order++ });
  }

  #push(happening: Happening): void {
    this.#queue.push(happening);
  }

  /** The adversary's turn: each kind of fault may happen once. */
  #adversary(): void {
    const { faults } = this.#plan;
    const random = this.#random;
    const count = this.#cluster.names.length;
    this.#network.links.mendExpired(this.#now);
    if (random.happens(faults.partition)) this.#cut(random.below(count), random.below(count));
    if (random.happens(faults.pause)) {
      this.faults['a host paused']++;
      this.#pausedUntil[random.below(count)] = this.#now + random.below(2_000);
    }
    if (random.happens(faults.jump)) {
      const host = random.below(count);
      const by = random.below(20_000) - 10_000;
      this.faults[by >= 0 ? 'a clock was set forward' : 'a clock was set back']++;
      this.#clocks.jump(host, by);
      this.#scheduleWake(host);
    }
    if (random.happens(faults.stranger)) this.#hearStranger(random.below(count));
  }

  #cut(from: number, to: number): void {
    const until = this.#now + this.#random.below(3_000);
    if (from === to) {
      this.faults['a host was cut off']++;
      this.#network.links.cutOff(from, until);
    } else {
      this.faults['a link was cut one way']++;
      this.#network.links.cut(from, to, until);
    }
  }

  #hearStranger(host: number): void {
    const random = this.#random;
    const { heard } = this.#network;
    const repeats = heard.length > 0 && random.happens(0.5);
    const what = repeats ? random.pick(heard) : rubbish(random, heard);
    if (repeats) this.faults['a stranger repeated a host']++;
    else if (what instanceof Uint8Array && what.length === HUGE) {
      this.faults['a stranger sent something huge']++;
    } else this.faults['a stranger sent rubbish']++;
    const dst = this.#cluster.names[host] as string;
    const packet = this.#cluster.stranger(random.pick(STRANGERS), dst, what);
    this.#arrive(host, packet, this.#network.latency());
  }
}
