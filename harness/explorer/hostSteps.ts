/**
 * # What a host can do
 *
 * A host's step depends on its own state and its input, and on nothing else; time stands still, and
 * the clock reads what it is said to read. So each is computed once for each state of a host, and
 * once for each packet that reaches it there.
 */
import type { Action, Protocol, Step } from '../../protocol/framework/action.ts';
import { choicesOf, guardOf, stepOf } from '../../protocol/framework/steps.ts';
import { firstBroken, type LawList } from '../../refinement/framework/laws.ts';
import { RESTART } from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import { HostParts, type HostPart as Part } from './hostParts.ts';
import { hasBit, type SentPart, SentParts, type SentSet, withBit } from './sentSets.ts';
import type { Symmetry } from './symmetry.ts';

export type HostPart<State, Message> = Part<State, Move<State, Message>>;

/** One step of a host in one state. */
export interface Move<State, Message> {
  readonly action: string;
  readonly packet: SentPart<Message> | undefined;
  /** What the clock read, if the action reads it. */
  readonly now: number | undefined;
  readonly before: HostPart<State, Message>;
  readonly after: HostPart<State, Message>;
  /** The packets that it sends, each once. */
  readonly sends: readonly SentPart<Message>[];
  /** The step as the action gave it, and its packets, one by one. */
  readonly step: Step<State, Message>;
  readonly parts: readonly SentPart<Message>[];
  /** What the laws of a step say. */
  readonly refusal: Verdict;
}

/** What the host at a place might do, for an instance to say whether it is part of it. */
export interface PossibleStep<State, Message> {
  readonly place: number;
  readonly action: string;
  readonly state: State;
  readonly packet: Packet<Message> | undefined;
}

export interface HostStepsOptions<State, Message> {
  /** What clocks read; an action that reads the clock may read any of these. */
  readonly clockReadings?: readonly number[];
  /** Whether an instance has a step; without it, it has all. */
  readonly allows?: (step: PossibleStep<State, Message>) => boolean;
  /** A state that does whatever the given one does, and stands for it. */
  readonly normal?: (state: State) => State;
}

/** An action that does not read the clock is told anything. */
const NO_READING = [0];

export class HostSteps<State, Message> {
  readonly states: HostParts<State, Message, Move<State, Message>>;
  readonly packets: SentParts<Message>;
  readonly #protocol: Protocol<State, Message>;
  readonly #local: readonly Action<State, Message>[];
  readonly #onPacket: readonly Action<State, Message>[];
  readonly #stepLaws: LawList<[before: State, after: State]>;
  readonly #clockReadings: readonly number[];
  readonly #allows: (step: PossibleStep<State, Message>) => boolean;
  readonly #normal: (state: State) => State;

  constructor(
    protocol: Protocol<State, Message>,
    stepLaws: LawList<[before: State, after: State]>,
    symmetry: Symmetry<Message>,
    { clockReadings = [0], allows = () => true, normal = same }: HostStepsOptions<State, Message>,
  ) {
    this.#protocol = protocol;
    this.#local = protocol.actions.filter(({ takes }) => takes === 'nothing');
    this.#onPacket = protocol.actions.filter(({ takes }) => takes === 'packet');
    this.#stepLaws = stepLaws;
    this.#clockReadings = clockReadings;
    this.#allows = allows;
    this.#normal = normal;
    this.states = new HostParts(symmetry);
    this.packets = new SentParts(protocol.hosts, symmetry);
  }

  /** A host as it is, or as what stands for it. */
  part(place: number, state: State): HostPart<State, Message> {
    return this.states.intern(place, this.#normal(state));
  }

  /** What the host can do of its own accord; starting again, if it can, comes last. */
  local(before: HostPart<State, Message>): readonly Move<State, Message>[] {
    before.local ??= [...this.#steps(before, this.#local, undefined), ...this.#restart(before)];
    return before.local;
  }

  /** Sees to it that `onPackets` has whatever the host can do with the packets of a set. */
  hear(before: HostPart<State, Message>, sent: SentSet<Message, unknown>): void {
    for (const packet of this.packets.to[before.place] ?? []) {
      if (!sent.has(packet) || hasBit(before.heard, packet.id)) continue;
      before.heard = withBit(before.heard, packet.id);
      before.onPackets.push(...this.#steps(before, this.#onPacket, packet));
    }
  }

  #steps(
    before: HostPart<State, Message>,
    actions: readonly Action<State, Message>[],
    packet: SentPart<Message> | undefined,
  ): Move<State, Message>[] {
    const moves: Move<State, Message>[] = [];
    const { place, value: state } = before;
    for (const action of actions) {
      if (!this.#allows({ place, action: action.name, state, packet: packet?.value })) continue;
      for (const now of action.readsClock ? this.#clockReadings : NO_READING) {
        const given = { packet: packet?.value, now };
        for (const choice of choicesOf(action, state, given)) {
          if (guardOf(action, state, given, choice) !== undefined) continue;
          const step = stepOf(action, state, given, choice);
          const read = action.readsClock ? now : undefined;
          moves.push(this.#move(action.name, before, { packet, now: read }, step));
        }
      }
    }
    return moves;
  }

  #restart(before: HostPart<State, Message>): Move<State, Message>[] {
    const { place, value: state } = before;
    const { restart } = this.#protocol;
    if (restart === undefined) return [];
    if (!this.#allows({ place, action: RESTART, state, packet: undefined })) return [];
    const step = { state: restart(state), sends: [] };
    return [this.#move(RESTART, before, { packet: undefined, now: undefined }, step)];
  }

  #move(
    action: string,
    before: HostPart<State, Message>,
    given: Pick<Move<State, Message>, 'packet' | 'now'>,
    step: Step<State, Message>,
  ): Move<State, Message> {
    const unchanged = step.state === before.value;
    const lawless = unchanged || action === RESTART;
    const parts = step.sends.map((sent) => this.packets.intern(sent));
    return {
      action,
      ...given,
      before,
      after: unchanged ? before : this.part(before.place, step.state),
      sends: [...new Set(parts)],
      step,
      parts,
      refusal: lawless ? undefined : firstBroken(this.#stepLaws, before.value, step.state),
    };
  }
}

const same = <State>(state: State): State => state;
