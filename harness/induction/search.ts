/**
 * # The search for counterexamples to induction
 *
 * Draws scenes from several small systems in turn and tries every step from each. All chance comes
 * from a seed, so the same search finds the same.
 */
import { Random } from '../simulation/random.ts';
import { nameOf } from './happening.ts';
import { type Claim, type Counterexample, Induction, type Subject } from './induction.ts';
import { keyOfScene, type Scene } from './scene.ts';
import type { Makings } from './shrink.ts';
import { type Source, Walker, type WalkOptions } from './walk.ts';

/** A small system: its laws, where its scenes come from, and what they are made of. */
export interface Model<State, Message, Ghost, Spec>
  extends Subject<State, Message, Ghost, Spec>,
    Makings<State, Message> {
  readonly name: string;
  readonly source: Source<State, Message>;
  /**
   * What is true of all that can be reached, though no law says so, by its name. A scene of which
   * one of these is not true cannot be reached.
   */
  readonly reachable: Readonly<Record<string, (scene: Scene<State, Message>) => boolean>>;
}

export interface SearchOptions<State = never, Message = never> {
  readonly seed: number;
  /** How many scenes are drawn at most. */
  readonly states: number;
  /** The search ends once so many counterexamples are found. */
  readonly enough: number;
  /** How many packets of strangers are tried from each scene. */
  readonly strange: number;
  readonly walk?: Partial<WalkOptions>;
  /** Scenes in whose neighbourhood there may be counterexamples. */
  readonly trouble?: readonly Found<State, Message>[];
  /** Is told now and then. */
  readonly onProgress?: (found: Pick<Findings<never, never>, 'states' | 'steps'>) => void;
}

/** A counterexample, and the place of its system in the list of those searched. */
export interface Found<State, Message> {
  readonly model: number;
  readonly counterexample: Counterexample<State, Message>;
}

export interface Findings<State, Message> {
  states: number;
  /** Scenes that differ from all others of the same system. */
  distinct: number;
  /** Steps from them, and how many of those changed anything. */
  steps: number;
  changing: number;
  /** How often each action was tried, and how often it changed something. */
  readonly actions: Record<string, { tried: number; changing: number }>;
  /** Scenes that cannot be reached for certain, and how many each reason shows. */
  unreachable: number;
  readonly reasons: Record<string, number>;
  /** Changes between the beginning of a walk and a scene, over all scenes. */
  changes: number;
  packets: number;
  readonly counterexamples: Found<State, Message>[];
}

const PROGRESS_EVERY = 10;

/** Draws scenes until there are enough, or enough counterexamples. */
export function search<State, Message extends object, Ghost, Spec>(
  models: readonly Model<State, Message, Ghost, Spec>[],
  claim: (all: readonly string[]) => Claim,
  options: SearchOptions<State, Message>,
): Findings<State, Message> {
  const findings: Findings<State, Message> = {
    states: 0,
    distinct: 0,
    steps: 0,
    changing: 0,
    actions: {},
    unreachable: 0,
    reasons: {},
    changes: 0,
    packets: 0,
    counterexamples: [],
  };
  const walks = models.map((model, place) => {
    const random = new Random(options.seed * models.length + place);
    const induction = new Induction(model, claim);
    const trouble = (options.trouble ?? [])
      .filter((found) => found.model === place)
      .map(({ counterexample }) => counterexample.scene);
    const walker = new Walker(induction, model.source, random, trouble, options.walk);
    const scenes = walker.scenes();
    return { model, place, random, induction, scenes, seen: new Set<string>() };
  });
  while (findings.states < options.states) {
    const walk = walks[findings.states % walks.length];
    if (walk === undefined) throw new RangeError('there must be something to search');
    const { model, random, induction, seen } = walk;
    const { scene, changes } = walk.scenes.next().value;
    note(findings, model, scene, changes);
    const key = keyOfScene(scene);
    if (!seen.has(key)) findings.distinct++;
    seen.add(key);
    const strange = Array.from({ length: options.strange }, () => model.source.stranger(random));
    const found = induction.counterexamples(scene, strange, (happening, changes) => {
      count(findings, nameOf(happening), changes);
    });
    for (const counterexample of found) {
      findings.counterexamples.push({ model: walk.place, counterexample });
      // The other steps from the same scene go wrong for the same reason, most likely.
      break;
    }
    if (findings.counterexamples.length >= options.enough) break;
    if (findings.states % PROGRESS_EVERY === 0) options.onProgress?.(findings);
  }
  return findings;
}

function count<State, Message>(
  findings: Findings<State, Message>,
  action: string,
  changes: boolean,
): void {
  findings.actions[action] ??= { tried: 0, changing: 0 };
  const counts = findings.actions[action];
  findings.steps++;
  counts.tried++;
  if (!changes) return;
  findings.changing++;
  counts.changing++;
}

function note<State, Message>(
  findings: Findings<State, Message>,
  { reachable }: Pick<Model<State, Message, never, never>, 'reachable'>,
  scene: Scene<State, Message>,
  changes: number,
): void {
  findings.states++;
  findings.changes += changes;
  findings.packets += scene.sent.length;
  let certain = false;
  for (const [reason, holds] of Object.entries(reachable)) {
    if (holds(scene)) continue;
    certain = true;
    findings.reasons[reason] = (findings.reasons[reason] ?? 0) + 1;
  }
  if (certain) findings.unreachable++;
}
