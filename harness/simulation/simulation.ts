/**
 * # The simulator
 *
 * A world in which time is a number and everything that can go wrong does, as often as its fault
 * plan says. It decides what happens next and lets the world do it. The same plan leads to the
 * same behaviour, to the last byte.
 *
 * A behaviour has two parts: chaos for a number of steps, and then, where the service promises
 * progress, a network that works, in which the promise must be kept within its bound. What is on
 * its way when the chaos ends is lost, and time begins anew.
 */
import { Adversary } from './adversary.ts';
import type { Client } from './client.ts';
import { Clocks } from './clocks.ts';
import { broken, type Expectation } from './expectation.ts';
import { type FaultCounts, noFaultsYet } from './faults.ts';
import { type Happening, Happenings } from './happenings.ts';
import { HealedNetwork } from './healedNetwork.ts';
import { Network } from './network.ts';
import type { Fairness, Plan } from './plan.ts';
import { Random } from './random.ts';
import type { Stage } from './stage.ts';
import type { Parcel, World } from './world.ts';

/** A host that is due begins within less than this long, once the network has healed. */
const REACTION = 3;
/** How often the adversary gets a turn. */
const TURN = 20;
/** Chaos lasts at most so long for each step planned, for a service may have nothing more to do. */
const TIME_PER_STEP = 100;
/** And at most so many things happen for each, lest a service that goes round in circles hang. */
const HAPPENINGS_PER_STEP = 100;
/** After so many happenings a promise is given up on, neither kept nor broken. */
const PATIENCE = 400_000;
/** Nobody who makes progress does so many things without letting time pass. */
const BUSY = 20_000;

export class Simulation<Said, P extends Parcel<Said>> {
  readonly faults: FaultCounts = noFaultsYet();
  /** Called when the chaos is over. */
  onHeal: ((fairness: Fairness) => void) | undefined;
  /** What became of the service's promise; nothing if there was none. */
  promise: 'kept' | 'undecided' | undefined;
  readonly #stage: Stage<Said, P>;
  readonly #world: World<Said, P>;
  readonly #plan: Plan;
  #random: Random;
  #queue = new Happenings<P>();
  #clocks: Clocks;
  readonly #network: Network<P>;
  readonly #adversary: Adversary<Said, P>;
  #clients: readonly Client<Said>[];
  readonly #pausedUntil: number[];
  /** Until when a host that has stopped hears nothing. */
  readonly #downUntil: number[];
  /** When each host is to be woken next; a wake at any other time is out of date. */
  readonly #wakeAt: number[];
  #now = 0;
  /** The network, once it has healed. */
  #healed: HealedNetwork | undefined;
  #steps = 0;
  /** What is promised, once the network has healed. */
  #expectation: Expectation<Said> | undefined;

  constructor(stage: Stage<Said, P>, plan: Plan) {
    const { world } = stage;
    const { faults, seed } = plan;
    const count = world.names.length;
    this.#stage = stage;
    this.#world = world;
    this.#plan = plan;
    this.#random = new Random(seed);
    this.#clocks = Clocks.astray(count, faults, this.#random);
    this.#network = new Network(world.names, faults, this.#random, this.faults);
    this.#adversary = new Adversary(world, faults, this.#random, this.#network, this.faults, {
      pause: (host, until) => {
        this.#pausedUntil[host] = until;
      },
      setClock: (host, by) => {
        this.#clocks.jump(host, by);
        this.#scheduleWake(host, false);
      },
      restart: (host, at) => this.#restart(host, at),
      carry: (parcel) => this.#arrive(parcel, this.#network.latency()),
    });
    this.#clients = stage.clients(this.#random);
    this.#pausedUntil = new Array<number>(count).fill(0);
    this.#downUntil = new Array<number>(count).fill(0);
    this.#wakeAt = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  }

  /** Runs the whole behaviour; throws the first refusal. */
  run(): void {
    const { steps } = this.#plan;
    for (const host of this.#world.names.keys()) this.#wake(host, this.#now);
    for (const client of this.#clients.keys()) this.#wakeClient(client);
    this.#queue.put(TURN, { type: 'turn' });
    const end = steps * TIME_PER_STEP;
    let happenings = steps * HAPPENINGS_PER_STEP;
    while (this.#steps < steps && this.#now < end && happenings-- > 0 && this.#next()) {}
    this.#world.checkAll();
    const fairness = this.#chooseFairness();
    this.onHeal?.(fairness);
    this.heal(fairness);
  }

  /** Whether the chaos is over. */
  get #isFair(): boolean {
    return this.#healed !== undefined;
  }

  /** Lets the network work from now on and checks that the service keeps its promise in time. */
  heal(fairness: Fairness): void {
    const expect = this.#stage.expect();
    if (expect === undefined) return;
    const live = [...this.#world.names.keys()].filter((host) => !fairness.silent.includes(host));
    const { bound: latency } = this.#beginAnew(fairness);
    const healed = { live, clocks: fairness.clocks, latency, reaction: REACTION };
    // Whoever was stopped goes on now, and waking too early does no harm.
    for (const host of live) this.#wake(host, this.#now);
    for (let next = expect.begin(healed); this.#await(next) && next.after !== undefined; ) {
      const clocks = this.#world.names.map((_, host) => this.#clocks.read(host, this.#now));
      next = next.after({ ...healed, clocks });
    }
    this.#world.checkAll();
  }

  /** Goes on until a promise is kept, or nobody knows whether it will be: then it is not true. */
  #await(expectation: Expectation<Said>): boolean {
    this.#expectation = expectation;
    this.#clients = expectation.client === undefined ? [] : [expectation.client];
    for (const client of this.#clients.keys()) this.#wakeClient(client);
    const end = this.#now + expectation.bound;
    let [instant, busy] = [this.#now, 0];
    for (let patience = PATIENCE; expectation.waitsFor().length > 0; patience--) {
      if (patience === 0) {
        this.promise = 'undecided';
        return false;
      }
      const goesOn = this.#next();
      [instant, busy] = [this.#now, this.#now === instant ? busy + 1 : 0];
      if (!goesOn || this.#now > end || busy > BUSY) {
        throw broken(expectation, this.#world.seen.steps, busy > BUSY ? instant : undefined);
      }
    }
    this.promise = 'kept';
    return true;
  }

  #chooseFairness(): Fairness {
    const count = this.#world.names.length;
    const clocks = this.#pausedUntil.map((_, host) => this.#clocks.read(host, this.#now));
    const most = this.#stage.expect()?.silent ?? 0;
    const silent = new Set<number>();
    // As often as not, nobody is silent.
    const wanted = this.#random.happens(0.5) ? this.#random.below(most + 1) : 0;
    while (silent.size < wanted) silent.add(this.#random.below(count));
    const seed = this.#random.below(2 ** 31);
    return { seed, clocks, silent: [...silent].sort((a, b) => a - b) };
  }

  #beginAnew({ seed, clocks, silent }: Fairness): HealedNetwork {
    this.#now = 0;
    this.#random = new Random(seed);
    this.#queue = new Happenings<P>();
    this.#clocks = Clocks.reading(clocks);
    this.#network.links.mend();
    this.#downUntil.fill(0);
    this.#pausedUntil.fill(0);
    this.#wakeAt.fill(Number.POSITIVE_INFINITY);
    for (const host of silent) this.#downUntil[host] = Number.POSITIVE_INFINITY;
    this.#healed = new HealedNetwork(this.#random);
    return this.#healed;
  }

  /** The next thing happens; tells whether there was one. */
  #next(): boolean {
    const due = this.#queue.take();
    if (due === undefined) return false;
    const { time, happening } = due;
    this.#now = time;
    switch (happening.type) {
      case 'deliver':
        this.#deliver(happening);
        break;
      case 'wake':
        if (this.#wakeAt[happening.host] === time) this.#act(happening.host);
        break;
      case 'reply':
        this.#clients[happening.client]?.hear(happening.parcel, time);
        this.#wakeClient(happening.client);
        break;
      case 'client':
        this.#haveClientAct(happening.client);
        break;
      case 'turn':
        this.#adversary.turn(time);
        this.#queue.put(time + TURN, { type: 'turn' });
        break;
    }
    return true;
  }

  #act(host: number): void {
    this.#wakeAt[host] = Number.POSITIVE_INFINITY;
    const resumes = this.#pausedUntil[host] as number;
    // The alarm has gone off; whoever was stopped meanwhile hears it on waking, whatever the clock
    // says.
    if (resumes > this.#now) this.#wake(host, resumes);
    else this.#step(host, undefined);
  }

  #deliver(happening: Happening<P> & { type: 'deliver' }): void {
    const { host, parcel, sentAt } = happening;
    if ((this.#downUntil[host] as number) > this.#now) {
      this.faults['a packet met a host that was down']++;
      return;
    }
    const resumes = this.#pausedUntil[host] as number;
    if (resumes > this.#now) this.#queue.put(resumes, happening);
    else if (this.#isFair || this.#network.delivers(parcel, host, sentAt)) {
      this.#step(host, parcel);
    }
  }

  #step(host: number, parcel: P | undefined): void {
    const clock = this.#clocks.read(host, this.#now);
    const chance = this.#isFair ? undefined : this.#random;
    let sent: readonly P[] | undefined;
    do {
      sent = this.#world.step(host, parcel, clock, chance);
      if (sent !== undefined) {
        this.#steps++;
        for (const each of sent) this.#post(each);
        this.#expectation?.observe(host, this.#world.lastAction);
      }
      // What the host has left where it is wakes it again.
    } while (this.#world.left);
    this.#scheduleWake(host, parcel === undefined && sent !== undefined);
  }

  #restart(host: number, at: number): void {
    this.#world.restart?.(host);
    this.#downUntil[host] = at;
    this.#pausedUntil[host] = at;
    // Nobody sets a timer for a host that has stopped.
    this.#wake(host, at);
  }

  #haveClientAct(client: number): void {
    const who = this.#clients[client];
    if (who === undefined || who.wakeAt !== this.#now) return;
    for (const { src, dst, msg } of who.act(this.#now)) this.#post(this.#world.send(src, dst, msg));
    this.#wakeClient(client);
  }

  #wakeClient(client: number): void {
    const time = this.#clients[client]?.wakeAt ?? Number.POSITIVE_INFINITY;
    if (time !== Number.POSITIVE_INFINITY) this.#queue.put(time, { type: 'client', client });
  }

  #post(parcel: P): void {
    if (this.#healed) this.#arrive(parcel, this.#healed.latency());
    else for (const latency of this.#network.fateOf(parcel)) this.#arrive(parcel, latency);
  }

  /** A parcel is on its way, and takes so long. */
  #arrive(parcel: P, latency: number): void {
    const time = this.#now + latency;
    const host = this.#network.destinationOf(parcel);
    if (host === undefined) {
      const client = this.#clients.findIndex(({ name }) => name === parcel.dst);
      if (client >= 0) this.#queue.put(time, { type: 'reply', client, parcel });
    } else if (this.#downUntil[host] !== Number.POSITIVE_INFINITY) {
      this.#queue.put(time, { type: 'deliver', host, parcel, sentAt: this.#now });
    }
  }

  /** A host says by its own clock when it wants to be woken. */
  #scheduleWake(host: number, goesOn: boolean): void {
    const clock = this.#clocks.read(host, this.#now);
    const deadline = this.#world.deadline(host, clock);
    if (deadline === Number.POSITIVE_INFINITY) {
      this.#wakeAt[host] = Number.POSITIVE_INFINITY;
      return;
    }
    const due = this.#clocks.whenReads(host, deadline, this.#now);
    const reaction = this.#isFair && goesOn ? 0 : this.#random.below(REACTION);
    const time = Math.max(due, this.#now + reaction, this.#pausedUntil[host] as number);
    // An earlier wake stands: the host finds out by itself if it comes too early.
    const standing = this.#wakeAt[host] as number;
    if (time < standing || standing < this.#now) this.#wake(host, time);
  }

  #wake(host: number, time: number): void {
    this.#wakeAt[host] = time;
    this.#queue.put(time, { type: 'wake', host });
  }
}
