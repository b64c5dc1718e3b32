/**
 * # States of a system, as the explorer holds them
 *
 * A tuple of parts. Its fingerprint is the sum of theirs, so a step changes it by what it does to the parts.
 */
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
import type { HostPart } from './hostMoves.ts';
import type { Network, Part } from './interning.ts';
import type { Transition } from './transition.ts';

/** A state of the system, made of parts that it shares with other states. */
export class SystemState<State, Message, Ghost> implements Fingerprint {
  readonly hosts: readonly HostPart<State, Message, Ghost>[];
  readonly network: Network<Message>;
  readonly ghost: Part<Ghost>;
  /** The sums of the fingerprints of its parts. */
  readonly hi: number;
  readonly lo: number;

  constructor(
    hosts: readonly HostPart<State, Message, Ghost>[],
    network: Network<Message>,
    ghost: Part<Ghost>,
    hi = sum([...hosts, network, ghost], 'hi'),
    lo = sum([...hosts, network, ghost], 'lo'),
  ) {
    this.hosts = hosts;
    this.network = network;
    this.ghost = ghost;
    this.hi = hi;
    this.lo = lo;
  }

  /** The hosts' states themselves, in the order of the configuration. */
  states(): readonly State[] {
    return this.hosts.map(({ value }) => value);
  }
}

/** The state that a transition leads to. */
export function after<State, Message, Ghost>(
  s: SystemState<State, Message, Ghost>,
  { move, network, to, hi, lo }: Transition<State, Message, Ghost>,
): SystemState<State, Message, Ghost> {
  const ghost = to ?? s.ghost;
  let hosts = s.hosts;
  if (move.after !== move.before) {
    const moved = hosts.slice();
    moved[move.before.place] = move.after;
    hosts = moved;
  }
  return new SystemState(
    hosts,
    network,
    ghost,
    (s.hi + hi + ghost.hi - s.ghost.hi) | 0,
    (s.lo + lo + ghost.lo - s.ghost.lo) | 0,
  );
}

const sum = (parts: readonly Fingerprint[], half: 'hi' | 'lo'): number =>
  parts.reduce((total, part) => (total + part[half]) | 0, 0);
