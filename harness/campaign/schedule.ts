/**
 * # Schedules
 *
 * A behaviour written down as the choices that made it: which host stepped when, what it received,
 * what its clock read and, where the host does not decide for itself, what it did. Everything else
 * follows. Unlike a seed, a schedule can be cut: an event that makes no sense any more, because the
 * packet it delivers was never sent or the host may not do this now, is left out.
 */
import { z } from 'zod';
import { NO_FAULTS } from '../simulation/faults.ts';
import { fromJson, toJson } from '../simulation/plain.ts';
import type { Fairness } from '../simulation/plan.ts';
import { Simulation } from '../simulation/simulation.ts';
import type { Stage } from '../simulation/stage.ts';
import type { Parcel, World, WorldEvent } from '../simulation/world.ts';

const back = z.int().min(0);

const step = z.strictObject({
  /** The host that steps. */
  step: z.string(),
  /** What it does, and what it chooses, if that is not its own to decide. */
  action: z.string().optional(),
  choice: z.unknown().optional(),
  clock: z.number(),
  /**
   * What it receives: of what `src` has sent it, the packet with so many more sent after it.
   * Without it, the host acts of its own accord. Counting from the latest keeps its sense when a
   * schedule is cut.
   */
  receives: z.strictObject({ src: z.string(), back }).optional(),
});

export const scheduledEvent = z.union([
  step,
  z.strictObject({ restart: z.string() }),
  /** Someone who is not a host says something of its own: a message, or bytes in hexadecimal. */
  z.strictObject({ from: z.string(), to: z.string(), says: z.unknown() }),
  /** Someone who is not a host sends what `src` has sent to `dst`. */
  z.strictObject({
    from: z.string(),
    to: z.string(),
    repeats: z.strictObject({ src: z.string(), dst: z.string(), back }),
  }),
]);

const fairness = z.strictObject({
  seed: z.int(),
  clocks: z.array(z.number()).readonly(),
  silent: z.array(z.int().min(0)).readonly(),
}) satisfies z.ZodType<Fairness>;

export const schedule = z.strictObject({
  events: z.array(scheduledEvent).max(10_000_000),
  /** That the network works from then on, and what is promised must follow. */
  thenFair: fairness.optional(),
});

export type ScheduledEvent = z.infer<typeof scheduledEvent>;
export type Schedule = z.infer<typeof schedule>;

/** An event that is about to happen to a world, as it is written down. */
export function write<Said, P extends Parcel<Said>>(
  event: WorldEvent<P>,
  world: Pick<World<Said, P>, 'names' | 'sentSoFar' | 'write'>,
): ScheduledEvent {
  const backOf = ({ src, dst, index }: P): number => world.sentSoFar(src, dst) - 1 - index;
  switch (event.type) {
    case 'send': {
      const { src: from, dst: to, msg } = event.parcel;
      if (event.repeats === undefined) return { from, to, says: world.write(msg) };
      const { src, dst } = event.repeats;
      return { from, to, repeats: { src, dst, back: backOf(event.repeats) } };
    }
    case 'restart':
      return { restart: world.names[event.host] as string };
    case 'step': {
      const { clock, move, parcel } = event;
      return {
        step: world.names[event.host] as string,
        ...(move && { action: move.action }),
        ...(move && 'choice' in move && { choice: toJson(move.choice) }),
        clock,
        ...(parcel && { receives: { src: parcel.src, back: backOf(parcel) } }),
      };
    }
  }
}

/**
 * Lets a world go through a schedule; throws the first refusal. Calls `onHeal` when the events are
 * over. Gives what became of the promise, if the schedule asks for one.
 */
export function follow<Said, P extends Parcel<Said>>(
  stage: Stage<Said, P>,
  { events, thenFair }: Schedule,
  onHeal: (fairness: Fairness) => void,
): Simulation<Said, P>['promise'] {
  const { world } = stage;
  const follower = new Follower(world);
  for (const event of events) follower.follow(event);
  world.checkAll();
  if (thenFair === undefined) return undefined;
  onHeal(thenFair);
  const simulation = new Simulation(stage, { seed: 0, steps: 0, faults: NO_FAULTS });
  simulation.heal(thenFair);
  return simulation.promise;
}

class Follower<Said, P extends Parcel<Said>> {
  readonly #world: World<Said, P>;
  /** What each source has sent to each destination, oldest first. */
  readonly #channels = new Map<string, P[]>();

  constructor(world: World<Said, P>) {
    this.#world = world;
  }

  follow(event: ScheduledEvent): void {
    const world = this.#world;
    if ('restart' in event) {
      const host = world.names.indexOf(event.restart);
      if (host >= 0) world.restart?.(host);
    } else if ('says' in event) {
      this.#post(world.send(event.from, event.to, world.read(event.says)));
    } else if ('repeats' in event) {
      const { src, dst, back } = event.repeats;
      const heard = this.#channel(src, dst).at(-1 - back);
      if (heard !== undefined) this.#post(world.repeat(event.from, event.to, heard));
    } else {
      this.#step(event);
    }
  }

  #step(event: z.infer<typeof step>): void {
    const { step: name, action, clock, receives } = event;
    const host = this.#world.names.indexOf(name);
    const parcel = receives && this.#channel(receives.src, name).at(-1 - receives.back);
    if (host < 0 || (receives !== undefined && parcel === undefined)) return;
    const choice = 'choice' in event ? { choice: fromJson(event.choice) } : {};
    const move = action === undefined ? undefined : { action, ...choice };
    for (const sent of this.#world.again(host, parcel, clock, move) ?? []) this.#post(sent);
  }

  #channel(src: string, dst: string): P[] {
    const key = `${src}>${dst}`;
    const found = this.#channels.get(key) ?? [];
    this.#channels.set(key, found);
    return found;
  }

  #post(parcel: P): void {
    this.#channel(parcel.src, parcel.dst).push(parcel);
  }
}
