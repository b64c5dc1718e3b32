/**
 * # The laws of a system with a ghost, where the explorer asks them
 *
 * A state is what it is, whichever way it is reached. So it is checked once, when it is found, and
 * as a monitor would check it that came this way: all laws hold in the state before, so only what
 * the step may have changed is looked at. Whether the step itself is one of the specification is
 * asked of every step, those to known states as well.
 */
import { type LawList, lawList } from '../../refinement/framework/laws.ts';
import type { Act, SystemRefinement, Whole } from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { forAll, type Verdict } from '../../spec/framework/verdict.ts';
import type { GhostState } from './ghostState.ts';
import type { Move } from './hostSteps.ts';
import type { SentPart, SentSet } from './sentSets.ts';
import { B3, B4, brokenLaw, checkSpecStep, under } from './systemLaws.ts';

/** A step and the state in which it is taken. */
export interface Arrival<State, Message, Ghost> {
  readonly from: GhostState<State, Message, Ghost>;
  readonly move: Move<State, Message>;
}

export class GhostLaws<State, Message, Ghost, Spec> {
  readonly #refinement: SystemRefinement<State, Message, Ghost, Spec>;
  readonly #hostLaws: LawList<[state: State, whole: Whole<State, Ghost>, host: number]>;
  readonly #packetLaws: LawList<[packet: Packet<Message>, whole: Whole<State, Ghost>]>;
  readonly #systemLaws: LawList<[whole: Whole<State, Ghost>]>;
  readonly #sampledLaws: LawList<[whole: Whole<State, Ghost>]>;
  readonly #sampleEvery: number;

  /** The laws that take long are asked of one state in so many. */
  constructor(refinement: SystemRefinement<State, Message, Ghost, Spec>, sampleEvery: number) {
    this.#refinement = refinement;
    this.#hostLaws = lawList(refinement.hostInvariants);
    this.#packetLaws = lawList(refinement.packetInvariants);
    this.#systemLaws = lawList(refinement.systemInvariants);
    this.#sampledLaws = lawList(refinement.sampledInvariants);
    this.#sampleEvery = sampleEvery;
  }

  /** The ghost of the set that a set grows to by a step. */
  ghostAfter(sent: SentSet<Message, Ghost>, move: Move<State, Message>): Ghost {
    return this.#refinement.act(this.#refinement.copy(sent.ghost), actOf(move));
  }

  /** What the laws say of a step. */
  checkStep(
    s: GhostState<State, Message, Ghost>,
    move: Move<State, Message>,
    t: GhostState<State, Message, Ghost>,
  ): Verdict {
    if (move.refusal !== undefined) return under(B3, move.refusal);
    if (s.sent === t.sent) return undefined;
    const before = this.#refinement.spec(s.sent.ghost);
    const after = this.#refinement.spec(t.sent.ghost);
    const refusal = checkSpecStep(this.#refinement, before, after);
    // The ghosts may have come about in different ways, and stand for equal states all the same.
    return refusal !== undefined && equal(before, after) ? undefined : refusal;
  }

  /** What the laws say of a state to which a step leads. */
  checkArrival(
    { from, move }: Arrival<State, Message, Ghost>,
    t: GhostState<State, Message, Ghost>,
  ): Verdict {
    const before = this.#refinement.spec(from.sent.ghost);
    const ghost = this.#told(from, move, t);
    const moved = this.#refinement.spec(ghost) !== before;
    const { place } = move.before;
    const whole = { states: t.states(), ghost };
    return (
      this.#checkHosts(moved ? undefined : place, whole)
      ?? brokenLaw(this.#systemLaws, whole)
      ?? (from.sent === t.sent ? undefined : this.#checkSends(from, move, whole))
      ?? ((t.lo >>> 0) % this.#sampleEvery === 0 ? brokenLaw(this.#sampledLaws, whole) : undefined)
    );
  }

  /** What the laws say of a state in which behaviours begin, of which nothing is known. */
  checkStart(s: GhostState<State, Message, Ghost>, packets: Iterable<SentPart<Message>>): Verdict {
    const refinement = this.#refinement;
    const whole = { states: s.states(), ghost: s.sent.ghost };
    return (
      under(B3, refinement.init(refinement.spec(refinement.begin())))
      ?? this.#checkHosts(undefined, whole)
      ?? brokenLaw(this.#systemLaws, whole)
      ?? brokenLaw(this.#sampledLaws, whole)
      ?? forAll(packets, ({ value }) => this.#checkPacket(value, whole))
    );
  }

  /**
   * The ghost of a state, told of the step that leads there. It depends on the packets sent, and
   * besides at most on the step that it was told of last; so where no packet is new it is told
   * without a copy.
   */
  #told(
    { sent: before }: GhostState<State, Message, Ghost>,
    move: Move<State, Message>,
    { sent }: GhostState<State, Message, Ghost>,
  ): Ghost {
    if (sent.lastMove === move && sent.lastMoveFrom === before.id) return sent.ghost;
    if (before !== sent) return this.ghostAfter(before, move);
    sent.lastMove = undefined;
    const ghost = this.#refinement.act(sent.ghost, actOf(move));
    if (ghost !== sent.ghost) sent.ghost = ghost;
    return ghost;
  }

  /** The host at a place, or all of them. */
  #checkHosts(place: number | undefined, whole: Whole<State, Ghost>): Verdict {
    const laws = this.#hostLaws;
    if (place !== undefined) return brokenLaw(laws, whole.states[place] as State, whole, place);
    for (let host = 0; host < whole.states.length; host++) {
      const refusal = brokenLaw(laws, whole.states[host] as State, whole, host);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** The packets of a step that are new, as the step sends them. */
  #checkSends(
    { sent }: GhostState<State, Message, Ghost>,
    { step, parts }: Move<State, Message>,
    whole: Whole<State, Ghost>,
  ): Verdict {
    for (const [index, packet] of step.sends.entries()) {
      if (sent.has(parts[index] as SentPart<Message>)) continue;
      const refusal = this.#checkPacket(packet, whole);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #checkPacket(packet: Packet<Message>, whole: Whole<State, Ghost>): Verdict {
    return (
      under(B4, this.#refinement.correspondence(packet, whole.ghost))
      ?? brokenLaw(this.#packetLaws, packet, whole)
    );
  }
}

const actOf = <State, Message>({
  action,
  before,
  packet,
  now,
  step,
}: Move<State, Message>): Act<State, Message> => ({
  host: before.place,
  action,
  before: before.value,
  packet: packet?.value,
  now,
  step,
});
