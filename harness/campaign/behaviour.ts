/**
 * # One behaviour
 *
 * Runs one behaviour of a service, made by the simulator from a plan or laid down in a schedule,
 * and tells what came of it. A refusal is an outcome like any other; what is thrown here is a bug
 * of the harness.
 */
import type { Host } from '../../impl/framework/io.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import type { Seen } from '../../refinement/framework/monitor.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { checkAnyState, type OnStep } from '../simulation/anyState.ts';
import { Cluster } from '../simulation/cluster.ts';
import { type FaultCounts, noFaultsYet } from '../simulation/faults.ts';
import { Random } from '../simulation/random.ts';
import type { SimulatedService } from '../simulation/service.ts';
import { type Plan, Simulation } from '../simulation/simulation.ts';
import { Digest } from './digest.ts';
import { follow, type Schedule, type ScheduledEvent, write } from './schedule.ts';

/** Steps from arbitrary states that are checked along with each behaviour. */
export const ANY_STATE_STEPS = 16;

export interface Outcome {
  readonly seen: Seen;
  readonly faults: FaultCounts;
  /** What the service hopes to see at some time. */
  readonly sometimes: Readonly<Record<string, boolean>>;
  readonly refusal: BoundaryRefusal | undefined;
  /**
   * Whether it was a single step from an arbitrary state that was refused, before the behaviour
   * began.
   */
  readonly anyState: boolean;
  /** Equal for equal behaviours; empty unless asked for. */
  readonly digest: string;
  /** The behaviour as a schedule; nothing unless asked for. */
  readonly schedule: Schedule | undefined;
  /** The behaviour for a reader, a step a line; empty unless asked for. */
  readonly story: readonly StoryStep[];
}

/** One step of a behaviour, in words. */
export interface StoryStep {
  readonly host: string;
  readonly action: string;
  readonly clock: number;
  readonly received: string | undefined;
  readonly sent: readonly string[];
  /** The state of the specification after the step; nothing where the step was refused. */
  spec: string | undefined;
}

/** What to keep of a behaviour besides its verdict. */
export interface Keep {
  readonly digest?: boolean;
  readonly schedule?: boolean;
  readonly story?: boolean;
}

/** One configuration of a service, whose types are nobody's concern any more. */
export interface Behaviours {
  /** Actions and faults that cannot happen in this configuration. */
  readonly never: readonly string[];
  run(plan: Plan, keep?: Keep): Outcome;
  replay(schedule: Schedule, keep?: Keep): Outcome;
}

export function behavioursOf<Impl extends Host, State, Message, Ghost, Spec>(
  service: SimulatedService<Impl, State, Message, Ghost, Spec>,
): Behaviours {
  return {
    never: service.never,
    run: (plan, keep = {}) => new Run(service, keep).simulate(plan),
    replay: (schedule, keep = {}) => new Run(service, keep).replay(schedule),
  };
}

class Run<Impl extends Host, State, Message, Ghost, Spec> {
  readonly #service: SimulatedService<Impl, State, Message, Ghost, Spec>;
  readonly #cluster: Cluster<Impl, State, Message, Ghost, Spec>;
  readonly #keep: Keep;
  readonly #digest: Digest | undefined;
  readonly #events: ScheduledEvent[] | undefined;
  readonly #story: StoryStep[] = [];
  #clock = 0;
  #began = false;
  /** How many events had happened when the network healed. */
  #healedAt = 0;

  constructor(service: SimulatedService<Impl, State, Message, Ghost, Spec>, keep: Keep) {
    this.#service = service;
    this.#keep = keep;
    this.#cluster = new Cluster(service);
    this.#digest = keep.digest ? new Digest() : undefined;
    this.#events = keep.schedule ? [] : undefined;
    this.#listen(keep);
  }

  simulate(plan: Plan): Outcome {
    const simulation = new Simulation(this.#service, this.#cluster, plan);
    simulation.onHeal = () => {
      this.#healedAt = this.#events?.length ?? 0;
    };
    const refusal = refusalOf(() => {
      this.#checkAnyState(plan);
      this.#began = true;
      simulation.run();
    });
    return this.#outcome(refusal, simulation.faults);
  }

  replay(schedule: Schedule): Outcome {
    this.#began = true;
    return this.#outcome(
      refusalOf(() => follow(this.#service, this.#cluster, schedule)),
      noFaultsYet(),
    );
  }

  /** Before the behaviour, single steps from arbitrary states. They do not count as its steps. */
  #checkAnyState({ seed }: Plan): void {
    const tell = ((host, action, clock, io) => {
      this.#clock = clock;
      this.#story[0] = this.#tell(host, action, io);
    }) satisfies OnStep;
    checkAnyState(
      this.#service,
      new Random(seed),
      ANY_STATE_STEPS,
      this.#keep.story ? tell : undefined,
    );
    this.#story.length = 0;
  }

  #outcome(refusal: BoundaryRefusal | undefined, faults: FaultCounts): Outcome {
    const { monitor } = this.#cluster;
    const thenFair = refusal?.boundary === 'liveness';
    return {
      seen: monitor.seen,
      faults,
      sometimes: this.#service.sometimes(monitor),
      refusal,
      anyState: !this.#began,
      digest: this.#digest?.value ?? '',
      // What a network that works then brings about follows from what came before.
      schedule: this.#events && {
        events: thenFair ? this.#events.slice(0, this.#healedAt) : this.#events,
        thenFair,
      },
      story: this.#story,
    };
  }

  /** Listens to the cluster, but only as far as something is to be kept: listening takes time. */
  #listen(keep: Keep): void {
    const digest = this.#digest;
    if (!keep.schedule && !keep.story && digest === undefined) return;
    this.#cluster.onEvent = (event) => {
      if (event.type === 'step') this.#clock = event.clock;
      this.#events?.push(write(event, this.#cluster));
      if (event.type === 'stranger') digest?.bytes(event.packet.bytes);
    };
    this.#cluster.onStep = (host, action, io) => {
      digest?.step(host, action, this.#clock, io);
      if (keep.story) this.#story.push(this.#tell(host, action, io));
    };
    if (keep.story) this.#cluster.onPassed = () => this.#passed();
  }

  #tell(host: number, action: string, io: readonly ObservedIo[]): StoryStep {
    const { protocol, read } = this.#service.refinement;
    const say = (bytes: Uint8Array): string => protocol.describe(read(bytes));
    const received = io.find((operation) => operation.type === 'receive');
    return {
      host: this.#cluster.names[host] as string,
      action,
      clock: this.#clock,
      received: received && `${say(received.bytes)} from ${received.src}`,
      sent: io.flatMap((o) => (o.type === 'send' ? [`${say(o.bytes)} to ${o.dst}`] : [])),
      spec: undefined,
    };
  }

  /** The monitor let the latest step pass: now it is known what it stands for. */
  #passed(): void {
    const step = this.#story.at(-1);
    if (step) step.spec = this.#service.showSpec(this.#cluster.monitor.spec);
  }
}

function refusalOf(run: () => void): BoundaryRefusal | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof BoundaryRefusal) return error;
    throw error;
  }
}
