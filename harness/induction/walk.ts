/**
 * # A random walk among the scenes that satisfy a hypothesis
 *
 * Scenes that satisfy thirty laws are not found by chance, so chance has to begin with one that
 * does and to change it again and again. A change that breaks laws is not taken back at once: some
 * more changes are tried from there, as long as no more laws are broken than before, for two parts
 * that depend on each other can only be changed one after the other. What does not mend in time is
 * taken back.
 */
import type { Packet } from '../../spec/framework/environment.ts';
import type { Random } from '../simulation/random.ts';
import type { Induction } from './induction.ts';
import type { Scene } from './scene.ts';

/** A change of a scene; nothing where it does not apply. */
export interface Move<State, Message> {
  readonly name: string;
  readonly weight: number;
  change(scene: Scene<State, Message>, random: Random): Scene<State, Message> | undefined;
}

/** Where scenes come from. */
export interface Source<State, Message> {
  readonly moves: readonly Move<State, Message>[];
  /** Where a walk begins; it need not satisfy any laws. */
  begin(random: Random): Scene<State, Message>;
  /** What somebody who is no host may send. */
  stranger(random: Random): Packet<Message>;
}

/** A scene of the walk. */
export interface Drawn<State, Message> {
  readonly scene: Scene<State, Message>;
  /** How many changes ago the walk began. */
  readonly changes: number;
}

export interface WalkOptions {
  /** How many scenes are drawn from a walk before another one begins. */
  readonly draws: number;
  /** How many changes are tried between two of them. */
  readonly changes: number;
  /** How many laws may be broken on the way from one scene to the next, and for how long. */
  readonly detour: number;
  readonly patience: number;
}

/** Of so many walks one begins where trouble was found before, if that is known. */
const TROUBLED = 2;

const OPTIONS: WalkOptions = { draws: 10, changes: 12, detour: 3, patience: 10 };

/** How many changes may be tried to mend the beginning of a walk. */
const BEGINNING = 100;

export class Walker<State, Message extends object> {
  /** How often each move was tried, and how often it led to a scene that satisfies everything. */
  readonly tried: Record<string, { tried: number; kept: number }>;
  readonly #induction: Pick<Induction<State, Message, unknown, unknown>, 'distance'>;
  readonly #source: Source<State, Message>;
  readonly #random: Random;
  readonly #options: WalkOptions;
  readonly #moves: readonly Move<State, Message>[];
  readonly #trouble: readonly Scene<State, Message>[];

  /** Some walks begin in one of the scenes of `trouble`. */
  constructor(
    induction: Pick<Induction<State, Message, unknown, unknown>, 'distance'>,
    source: Source<State, Message>,
    random: Random,
    trouble: readonly Scene<State, Message>[] = [],
    options: Partial<WalkOptions> = {},
  ) {
    this.#trouble = trouble;
    this.#induction = induction;
    this.#source = source;
    this.#random = random;
    this.#options = { ...OPTIONS, ...options };
    this.#moves = source.moves.flatMap((move) => Array.from({ length: move.weight }, () => move));
    this.tried = Object.fromEntries(source.moves.map(({ name }) => [name, { tried: 0, kept: 0 }]));
  }

  /** Scenes without end, each of which satisfies the hypothesis. */
  *scenes(): Generator<Drawn<State, Message>, never> {
    const { draws } = this.#options;
    for (;;) {
      let scene = this.#begin();
      if (scene === undefined) continue;
      let changes = 0;
      for (let draw = 0; draw < draws; draw++) {
        for (let change = 0; change < this.#options.changes; change++) {
          const next = this.#change(scene);
          if (next === undefined) continue;
          scene = next;
          changes++;
        }
        yield { scene, changes };
      }
    }
  }

  #begin(): Scene<State, Message> | undefined {
    const troubled = this.#trouble.length > 0 && this.#random.below(TROUBLED) === 0;
    const begun = troubled ? this.#random.pick(this.#trouble) : this.#source.begin(this.#random);
    return this.#mend(begun, this.#induction.distance(begun), BEGINNING);
  }

  /** A scene one change on, or a few. */
  #change(scene: Scene<State, Message>): Scene<State, Message> | undefined {
    const move = this.#random.pick(this.#moves);
    const count = this.tried[move.name];
    if (count !== undefined) count.tried++;
    const changed = move.change(scene, this.#random);
    if (changed === undefined || changed === scene) return undefined;
    const { detour, patience } = this.#options;
    const broken = this.#induction.distance(changed, detour);
    const mended = broken > detour ? undefined : this.#mend(changed, broken, patience);
    if (mended !== undefined && count !== undefined) count.kept++;
    return mended;
  }

  #mend(
    start: Scene<State, Message>,
    startsBroken: number,
    patience: number,
  ): Scene<State, Message> | undefined {
    let [scene, broken] = [start, startsBroken];
    for (let left = patience; broken > 0; left--) {
      if (left === 0) return undefined;
      const changed = this.#random.pick(this.#moves).change(scene, this.#random);
      if (changed === undefined) continue;
      const now = this.#induction.distance(changed, broken);
      if (now <= broken) [scene, broken] = [changed, now];
    }
    return scene;
  }
}
