/**
 * # Fairness
 *
 * Whether a behaviour can stay in a part of a graph for ever and be fair. If some class of steps can happen in
 * all of its states but never does, no. If something is asked for that is never granted, then not by taking the
 * steps that ask; without them the part may fall into smaller ones, which are asked the same.
 *
 * This is the test for emptiness of a Streett automaton, with the weak classes as its Büchi sets.
 */
import { components, graphOf } from './components.ts';

/** What fair behaviours owe. */
export interface Fairness<Label> {
  /** The class of a step that is treated fairly: a class that can go on always goes on sometimes. */
  weakFairness?(label: Label): string | undefined;
  /** What a step asks for, and what it grants; keys are compared as in a `Map`. */
  asksFor?(label: Label): Iterable<unknown>;
  grants?(label: Label): Iterable<unknown>;
}

/** A step from one state to another, by their numbers. */
export interface Edge<Label> {
  readonly from: number;
  readonly to: number;
  readonly label: Label;
}

/** States that lead to one another by the edges, or one state, in which the system may also stay for ever. */
export interface Region<Label> {
  readonly states: readonly number[];
  readonly edges: readonly Edge<Label>[];
  /** The classes of steps that can happen in a state, wherever they lead. */
  readonly enabled: ReadonlyMap<number, ReadonlySet<string>>;
}

/** A part of the region in which a fair behaviour can stay for ever, taking all of its steps again and again. */
export function fairPart<Label>(
  region: Region<Label>,
  fairness: Fairness<Label>,
): Region<Label> | undefined {
  const parts = [region];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (neglected(part, fairness).length > 0) continue;
    const denied = deniedIn(part.edges, fairness);
    if (denied.size === 0) return part;
    const edges = part.edges.filter(
      ({ label }) => ![...(fairness.asksFor?.(label) ?? [])].some((key) => denied.has(key)),
    );
    parts.push(...split({ ...part, edges }));
  }
  return undefined;
}

/** The classes that can happen in every state of a part, and happen in none of its steps. */
function neglected<Label>(
  { states, edges, enabled }: Region<Label>,
  { weakFairness }: Fairness<Label>,
): string[] {
  const taken = new Set(edges.map(({ label }) => weakFairness?.(label)));
  const [first, ...others] = states.map((state) => enabled.get(state));
  return [...(first ?? [])].filter(
    (fairly) => !taken.has(fairly) && others.every((classes) => classes?.has(fairly)),
  );
}

/** What the steps ask for and do not grant. */
function deniedIn<Label>(
  edges: readonly Edge<Label>[],
  { asksFor, grants }: Fairness<Label>,
): Set<unknown> {
  const denied = new Set(edges.flatMap(({ label }) => [...(asksFor?.(label) ?? [])]));
  if (denied.size === 0) return denied;
  for (const { label } of edges) for (const key of grants?.(label) ?? []) denied.delete(key);
  return denied;
}

/** The parts into which a region falls when it has lost edges. */
function split<Label>({ states, edges, enabled }: Region<Label>): Region<Label>[] {
  const placeOf = new Map(states.map((state, place) => [state, place]));
  const local = edges.map(({ from, to }) => ({
    from: placeOf.get(from) as number,
    to: placeOf.get(to) as number,
  }));
  return components(graphOf(states.length, local)).map((places) => {
    const members = new Set(places.map((place) => states[place] as number));
    return {
      states: [...members],
      edges: edges.filter(({ from, to }) => members.has(from) && members.has(to)),
      enabled,
    };
  });
}

/**
 * A short fair cycle in a part that has one: it begins by doing nothing, and as long as that is unfair it goes
 * where it makes good for it.
 */
export function lasso<Label>(
  part: Region<Label>,
  fairness: Fairness<Label>,
): { readonly start: number; readonly cycle: readonly Edge<Label>[] } {
  const start = Math.min(...part.states);
  let walk: readonly Edge<Label>[] = [];
  let cycle: readonly Edge<Label>[] = [];
  for (;;) {
    const debt = nextDebt(start, cycle, part, fairness);
    if (debt === undefined) return { start, cycle };
    const here = walk.at(-1)?.to ?? start;
    walk = [...walk, ...path(part, here, debt.from), ...(debt.edge ? [debt.edge] : [])];
    cycle = [...walk, ...path(part, walk.at(-1)?.to ?? start, start)];
  }
}

/** A place to go to, and perhaps an edge to take there, because the cycle is not fair without it. */
function nextDebt<Label>(
  start: number,
  cycle: readonly Edge<Label>[],
  part: Region<Label>,
  fairness: Fairness<Label>,
): { readonly from: number; readonly edge?: Edge<Label> } | undefined {
  const states = [start, ...cycle.map(({ to }) => to)];
  const [fairly] = neglected({ states, edges: cycle, enabled: part.enabled }, fairness);
  if (fairly !== undefined) {
    const edge = part.edges.find(({ label }) => fairness.weakFairness?.(label) === fairly);
    if (edge !== undefined) return { from: edge.from, edge };
    const free = part.states.find((state) => !part.enabled.get(state)?.has(fairly));
    return free === undefined ? undefined : { from: free };
  }
  const [key] = deniedIn(cycle, fairness);
  const edge =
    key === undefined
      ? undefined
      : part.edges.find(({ label }) => has(fairness.grants?.(label), key));
  return edge && { from: edge.from, edge };
}

const has = (keys: Iterable<unknown> | undefined, key: unknown): boolean =>
  new Set(keys ?? []).has(key);

/** A shortest path along the edges of a part. */
function path<Label>(part: Region<Label>, from: number, to: number): Edge<Label>[] {
  const cameBy = new Map<number, Edge<Label> | undefined>([[from, undefined]]);
  for (const state of cameBy.keys()) {
    if (state === to) break;
    for (const edge of part.edges) {
      if (edge.from === state && !cameBy.has(edge.to)) cameBy.set(edge.to, edge);
    }
  }
  const edges: Edge<Label>[] = [];
  for (let edge = cameBy.get(to); edge !== undefined; edge = cameBy.get(edge.from)) {
    edges.unshift(edge);
  }
  return edges;
}
