/**
 * # Running replicas in any state
 *
 * Puts running replicas into states that no behaviour need lead to: those of the scenes in which
 * counterexamples to induction are looked for, which satisfy all laws. There they receive packets
 * that were sent in the same scene, or that nobody sent, or act of their own accord. Of states that
 * satisfy the laws some cannot be a running replica's; those are left out.
 *
 * Most steps are taken alone, each from the same states. Others are taken in a row, for what a
 * running replica keeps besides its state must follow its state; but these only with packets that
 * were sent, since after others no law need hold.
 */
import type { Parameters } from '../../impl/rsl/parameters.ts';
import type { Replica } from '../../impl/rsl/replica.ts';
import type { Message } from '../../protocol/rsl/messages.ts';
import type { Replica as State } from '../../protocol/rsl/replica.ts';
import type { HostRefinement } from '../../refinement/framework/hostStep.ts';
import { type Replicated, replicaRefinement } from '../../refinement/rsl/host.ts';
import { type Wire, wireOf } from '../../refinement/rsl/wire.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { kindOf } from '../../spec/framework/kind.ts';
import { everything, Induction } from '../induction/induction.ts';
import { rslModel } from '../induction/rsl/model.ts';
import type { RslScene } from '../induction/rsl/scenes.ts';
import { UNIVERSES, type Universe } from '../induction/rsl/universe.ts';
import { Walker } from '../induction/walk.ts';
import type { AnyStates, Situation } from '../simulation/anyState.ts';
import { clientInBytes, STRANGERS_IN_BYTES } from '../simulation/endPoints.ts';
import type { Random } from '../simulation/random.ts';
import { replicaIn } from './replicaIn.ts';

/** How many steps are taken from one scene, each alone, and then how many in a row. */
const ALONE = 24;
const IN_A_ROW = 32;
/** What share of the steps is with a packet; and of those that are taken alone, a made-up one. */
const RECEIVES = 0.7;
const MADE_UP = 0.5;
/** How often, in a row, a packet arrives that was sent in it, and how often another one goes on. */
const FRESH = 0.6;
const OTHERS = 0.1;
/** What clocks read. */
const CLOCKS = [0, 1, 2, 4, 20] as const;

/** The small systems from which states are taken, as running replicas know them. */
const SMALL: readonly Omit<Universe, 'application'>[] = UNIVERSES.map((universe) => ({
  ...universe,
  parameters: { ...universe.parameters, durable: false },
}));

/** What everybody in those systems is called where names are bytes. */
const NAMES: ReadonlyMap<EndPoint, EndPoint> = new Map([
  ['a', 'a0'],
  ['b', 'b0'],
  ['c', 'c0'],
  ['x', clientInBytes(1)],
  ['y', clientInBytes(2)],
  ['mallory', STRANGERS_IN_BYTES[0] ?? ''],
]);

/** Some steps of running replicas of one of those systems, from one scene. */
export function anyReplicas(
  service: Replicated,
  random: Random,
): AnyStates<Replica, State, Message> {
  const universe = { ...random.pick(SMALL), application: service.application };
  const { source, scene } = sceneOf(universe, random);
  const parameters: Parameters = universe.parameters;
  const replicas = universe.replicas.map(nameInBytes);
  const refinement = replicaRefinement(service, replicas, parameters);
  // Replicas that are like the original do not read all of what others write.
  const wire = wireOf(service.application, false);
  const stage = { scene, refinement, service, parameters, names: replicas, wire };
  const anything = () => renamed(source.packets.draw(random));
  return { refinement, situations: situationsIn(stage, anything, random) };
}

function sceneOf(universe: Universe, random: Random) {
  const model = rslModel(universe);
  const walker = new Walker(new Induction(model, everything), model.source, random);
  return { source: model.source, scene: renamed(walker.scenes().next().value.scene) };
}

interface Stage {
  readonly scene: RslScene;
  readonly refinement: HostRefinement<Replica, State, Message>;
  readonly service: Replicated;
  readonly parameters: Parameters;
  readonly names: readonly EndPoint[];
  readonly wire: Wire;
}

function* situationsIn(
  stage: Stage,
  anything: () => Packet<Message>,
  random: Random,
): Iterable<Situation<Replica, State, Message>> {
  const { scene, names } = stage;
  for (let step = 0; step < ALONE; step++) {
    const play = new Play(stage);
    const place = random.below(scene.hosts.length);
    const arriving = random.happens(MADE_UP) ? [anything()] : play.sentTo(names[place]);
    yield* play.go(place, arriving, random);
  }
  const play = new Play(stage);
  let place = random.below(scene.hosts.length);
  for (let step = 0; step < IN_A_ROW; step++) {
    if (random.happens(OTHERS)) place = random.below(scene.hosts.length);
    const fresh = random.happens(FRESH) ? play.takeFresh(random) : undefined;
    if (fresh === undefined) yield* play.go(place, play.sentTo(names[place]), random);
    else yield* play.go(names.indexOf(fresh.dst), [fresh], random);
  }
}

interface Actor {
  readonly impl: Replica;
  readonly state: State;
}

/** What becomes of a scene. */
class Play {
  readonly #stage: Stage;
  readonly #fresh: Packet<Message>[] = [];
  /** Those that have come on; nothing for a state that cannot be a running replica's. */
  readonly #actors = new Map<number, Actor | undefined>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  sentTo(name: EndPoint | undefined): readonly Packet<Message>[] {
    return this.#stage.scene.sent.filter(({ dst }) => dst === name);
  }

  /** One of the packets that replicas have sent one another since, which comes only once. */
  takeFresh(random: Random): Packet<Message> | undefined {
    return this.#fresh.splice(random.below(this.#fresh.length), 1)[0];
  }

  /** A replica takes a step, if it can be one that runs: perhaps with one of these packets. */
  *go(
    place: number,
    arriving: readonly Packet<Message>[],
    random: Random,
  ): Iterable<Situation<Replica, State, Message>> {
    if (!this.#actors.has(place)) this.#actors.set(place, this.#enter(place));
    const actor = this.#actors.get(place);
    if (actor === undefined) return;
    const packet = random.happens(RECEIVES) ? someOf(arriving, random) : undefined;
    yield {
      ...actor,
      host: place,
      packet: packet && { src: packet.src, bytes: this.#stage.wire.write(packet.msg) },
      clock: random.pick(CLOCKS),
      passed: ({ state, sends }) => {
        this.#actors.set(place, { ...actor, state });
        this.#fresh.push(...sends.filter(({ dst }) => this.#stage.names.includes(dst)));
      },
    };
  }

  #enter(place: number): Actor | undefined {
    const { scene, refinement, service, parameters } = this.#stage;
    const state = scene.hosts[place] as State;
    const impl = replicaIn(state, service, parameters);
    return refinement.compare(impl, state) === undefined ? { impl, state } : undefined;
  }
}

/** One of the packets that say anything, if there is one, of each type as often as of any other. */
function someOf(packets: readonly Packet<Message>[], random: Random): Packet<Message> | undefined {
  const meaningful = packets.filter(({ msg }) => msg.type !== 'invalid');
  if (meaningful.length === 0) return undefined;
  const type = random.pick([...new Set(meaningful.map(({ msg }) => msg.type))]);
  return random.pick(meaningful.filter(({ msg }) => msg.type === type));
}

const nameInBytes = (name: EndPoint): EndPoint => NAMES.get(name) ?? name;

/** The same data, with everybody in it called as where names are bytes. */
function renamed<T>(data: T): T {
  return rename(data) as T;
}

function rename(data: unknown): unknown {
  switch (kindOf(data)) {
    case 'string':
      return nameInBytes(data as string);
    case 'array':
      return (data as readonly unknown[]).map(rename);
    case 'set':
      return new Set([...(data as ReadonlySet<unknown>)].map(rename));
    case 'map':
      return new Map(
        [...(data as ReadonlyMap<unknown, unknown>)].map(([key, value]) => [
          rename(key),
          rename(value),
        ]),
      );
    case 'record':
      return Object.fromEntries(
        Object.entries(data as object).map(([field, value]) => [field, rename(value)]),
      );
    default:
      return data;
  }
}
