/**
 * # One behaviour
 *
 * Runs one behaviour of a service, made by the simulator from a plan or laid down in a schedule,
 * and tells what came of it. A refusal is an outcome like any other; what is thrown here is a bug
 * of the harness.
 */
import type { Host } from '../../impl/framework/io.ts';
import type { Seen } from '../../refinement/framework/monitor.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { type FaultCounts, noFaultsYet, RESTART_FAULTS } from '../simulation/faults.ts';
import type { Fairness, Plan } from '../simulation/plan.ts';
import type { SimulatedProtocol } from '../simulation/protocolService.ts';
import { Random } from '../simulation/random.ts';
import type { SimulatedService } from '../simulation/service.ts';
import { Simulation } from '../simulation/simulation.ts';
import { clusterStage, protocolStage, type Stage } from '../simulation/stage.ts';
import type { Testimony } from '../simulation/witness.ts';
import type { Parcel, Told } from '../simulation/world.ts';
import { Digest } from './digest.ts';
import { refusalOf, resultOf } from './refusals.ts';
import { follow, type Schedule, type ScheduledEvent, write } from './schedule.ts';

export interface Outcome {
  readonly seen: Seen;
  /** Single steps from arbitrary states that were checked as well. */
  readonly anyStateSteps: number;
  readonly faults: FaultCounts;
  /** What the service hopes to see at some time. */
  readonly sometimes: Readonly<Record<string, boolean>>;
  /** How many requests were compared by what the hosts run. */
  readonly requests: number;
  /** What somebody who saw only the outside has judged; nothing where there was nobody. */
  readonly testimony: Testimony | undefined;
  /** How often each action was looked at and not allowed. */
  readonly refused: Readonly<Record<string, number>>;
  /** How often each clause of an action's guard was the one that refused it. */
  readonly clauses: Readonly<Record<string, number>>;
  /** What became of the service's promise of progress, where there was one. */
  readonly promise: 'kept' | 'undecided' | undefined;
  readonly refusal: BoundaryRefusal | undefined;
  /**
   * Whether it was a single step from an arbitrary state that was refused, before the behaviour
   * began.
   */
  readonly anyState: boolean;
  /** Equal for equal behaviours; empty unless asked for. */
  readonly digest: string;
  /** The behaviour as a schedule of what came about; nothing unless asked for. */
  readonly schedule: Schedule | undefined;
  /** The behaviour for a reader, a step a line; empty unless asked for. */
  readonly story: readonly StoryStep[];
}

/** One step of a behaviour, in words. */
export interface StoryStep {
  /** Who did it: a host, or someone else who sent something. */
  readonly host: string;
  readonly action: string;
  readonly clock: number | undefined;
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
  /** Actions, faults and refusals of actions that cannot happen in this configuration. */
  readonly never: readonly string[];
  run(plan: Plan, keep?: Keep): Outcome;
  replay(schedule: Schedule, keep?: Keep): Outcome;
}

/** Behaviours of the hosts that run. */
export const behavioursOf = <Impl extends Host, State, Message, Ghost, Spec>(
  service: SimulatedService<Impl, State, Message, Ghost, Spec>,
): Behaviours => ({
  never: [
    ...service.never,
    ...RESTART_FAULTS,
    ...(service.lie === undefined ? ['a stranger lied'] : []),
  ],
  run: (plan, keep = {}) =>
    perform(
      () => clusterStage(service),
      keep,
      (run) => run.simulate(plan),
    ),
  replay: (schedule, keep = {}) =>
    perform(
      () => clusterStage(service),
      keep,
      (run) => run.replay(schedule),
    ),
});

/** Behaviours of the hosts of the protocol. */
export const protocolBehavioursOf = <State, Message, Ghost, Spec>(
  service: SimulatedProtocol<State, Message, Ghost, Spec>,
): Behaviours => ({
  never: [
    ...service.never,
    ...(service.refinement.protocol.restart ? [] : RESTART_FAULTS),
    'a stranger sent rubbish',
    'a stranger sent something huge',
  ],
  run: (plan, keep = {}) =>
    perform(
      () => protocolStage(service),
      keep,
      (run) => run.simulate(plan),
    ),
  replay: (schedule, keep = {}) =>
    perform(
      () => protocolStage(service),
      keep,
      (run) => run.replay(schedule),
    ),
});

/** Lets a behaviour run on a fresh stage, unless it is refused before anything happens. */
function perform<Said, P extends Parcel<Said>>(
  build: () => Stage<Said, P>,
  keep: Keep,
  act: (run: Run<Said, P>) => Outcome,
): Outcome {
  const stage = resultOf(build);
  return stage instanceof BoundaryRefusal ? nothingBut(stage, keep) : act(new Run(stage, keep));
}

/** What comes of a behaviour whose first state is refused. */
const nothingBut = (refusal: BoundaryRefusal, keep: Keep): Outcome => ({
  seen: { steps: 0, specSteps: 0, messages: 0, packets: 0, actions: {} },
  anyStateSteps: 0,
  faults: noFaultsYet(),
  sometimes: {},
  requests: 0,
  testimony: undefined,
  refused: {},
  clauses: {},
  promise: undefined,
  refusal,
  anyState: false,
  digest: '',
  schedule: keep.schedule ? { events: [] } : undefined,
  story: [],
});

class Run<Said, P extends Parcel<Said>> {
  readonly #stage: Stage<Said, P>;
  readonly #keep: Keep;
  readonly #digest: Digest | undefined;
  readonly #events: ScheduledEvent[] | undefined;
  readonly #story: StoryStep[] = [];
  #anyStateSteps = 0;
  #began = false;
  /** The events until the network healed, and what followed from. */
  #healed: Schedule | undefined;

  constructor(stage: Stage<Said, P>, keep: Keep) {
    this.#stage = stage;
    this.#keep = keep;
    this.#digest = keep.digest ? new Digest() : undefined;
    this.#events = keep.schedule ? [] : undefined;
    this.#listen(keep);
  }

  simulate(plan: Plan): Outcome {
    const simulation = new Simulation(this.#stage, plan);
    simulation.onHeal = (fairness) => this.#heals(fairness);
    const refusal = refusalOf(() => {
      this.#warmUp(plan);
      this.#began = true;
      simulation.run();
    });
    return this.#outcome(refusal, simulation.faults, simulation.promise);
  }

  replay(schedule: Schedule): Outcome {
    this.#began = true;
    let promise: Outcome['promise'];
    const refusal = refusalOf(() => {
      promise = follow(this.#stage, schedule, (fairness) => this.#heals(fairness));
    });
    return this.#outcome(refusal, noFaultsYet(), promise);
  }

  #heals(fairness: Fairness): void {
    this.#healed = this.#events && { events: [...this.#events], thenFair: fairness };
  }

  /** Before the behaviour, single steps from arbitrary states. They do not count as its steps. */
  #warmUp({ seed }: Plan): void {
    const tell = (step: Told<Said>): void => {
      this.#story[0] = this.#tell(step);
    };
    this.#anyStateSteps = this.#stage.warmUp(new Random(seed), this.#keep.story ? tell : undefined);
    this.#story.length = 0;
  }

  #outcome(
    refusal: BoundaryRefusal | undefined,
    faults: FaultCounts,
    promise: Outcome['promise'],
  ): Outcome {
    const { world } = this.#stage;
    return {
      seen: world.seen,
      anyStateSteps: this.#anyStateSteps,
      faults,
      sometimes: this.#stage.sometimes(),
      requests: this.#stage.requests(),
      testimony: world.testimony,
      refused: this.#stage.refused(),
      clauses: this.#stage.clauses(),
      promise,
      refusal,
      anyState: !this.#began,
      digest: this.#digest?.value ?? '',
      // What a network that works then brings about follows from what came before.
      schedule:
        refusal?.boundary === 'liveness' ? this.#healed : this.#events && { events: this.#events },
      story: this.#story,
    };
  }

  /** Listens to the world, but only as far as something is to be kept: listening takes time. */
  #listen(keep: Keep): void {
    const digest = this.#digest;
    if (!keep.schedule && !keep.story && digest === undefined) return;
    const { world } = this.#stage;
    world.listener = {
      event: (event) => {
        this.#events?.push(write(event, world));
        if (event.type !== 'send') return;
        digest?.packet(event.parcel);
        if (keep.story) this.#story.push(this.#tellOf(event.parcel));
      },
      told: (step) => {
        digest?.step(step);
        if (keep.story) this.#story.push(this.#tell(step));
      },
      passed: () => {
        // The monitor let the latest step pass: now it is known what it stands for.
        const step = this.#story.at(-1);
        if (step) step.spec = world.showSpec();
      },
    };
  }

  #tell({ host, action, clock, received, sent }: Told<Said>): StoryStep {
    const { world } = this.#stage;
    return {
      host: world.names[host] as string,
      action,
      clock,
      received: received && `${world.describe(received.msg)} from ${received.src}`,
      sent: this.#tellSent(sent),
      spec: undefined,
    };
  }

  /** What goes to several, one after the other, is said once. */
  #tellSent(sent: readonly Packet<Said>[]): readonly string[] {
    const told: string[] = [];
    let latest: Said | undefined;
    for (const { msg, dst } of sent) {
      if (msg === latest) told.push(`${told.pop() ?? ''} ${dst}`);
      else told.push(`${this.#stage.world.describe(msg)} to ${dst}`);
      latest = msg;
    }
    return told;
  }

  /** What someone says who is not a host. */
  #tellOf({ src, dst, msg }: P): StoryStep {
    const sent = [`${this.#stage.world.describe(msg)} to ${dst}`];
    return { host: src, action: '', clock: undefined, received: undefined, sent, spec: undefined };
  }
}
