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
export class SystemState<State, Message, Spec> implements Fingerprint {
  readonly hosts: readonly HostPart<State, Message, Spec>[];
  readonly network: Network<Message>;
  readonly spec: Part<Spec>;
  /** The sums of the fingerprints of its parts. */
  readonly hi: number;
  readonly lo: number;

  constructor(
    hosts: readonly HostPart<State, Message, Spec>[],
    network: Network<Message>,
    spec: Part<Spec>,
    hi = sum([...hosts, network, spec], 'hi'),
    lo = sum([...hosts, network, spec], 'lo'),
  ) {
    this.hosts = hosts;
    this.network = network;
    this.spec = spec;
    this.hi = hi;
    this.lo = lo;
  }
}

/** The state that a transition leads to. */
export function after<State, Message, Spec>(
  s: SystemState<State, Message, Spec>,
  { move, network, to, hi, lo }: Transition<State, Message, Spec>,
): SystemState<State, Message, Spec> {
  const spec = to ?? s.spec;
  let hosts = s.hosts;
  if (move.after !== move.before) {
    const moved = hosts.slice();
    moved[move.before.place] = move.after;
    hosts = moved;
  }
  return new SystemState(
    hosts,
    network,
    spec,
    (s.hi + hi + spec.hi - s.spec.hi) | 0,
    (s.lo + lo + spec.lo - s.spec.lo) | 0,
  );
}

const sum = (parts: readonly Fingerprint[], half: 'hi' | 'lo'): number =>
  parts.reduce((total, part) => (total + part[half]) | 0, 0);
