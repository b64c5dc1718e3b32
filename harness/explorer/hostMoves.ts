/**
 * # What a host can do
 *
 * A host's step depends on its own state and on the packet that it takes, if any, and on nothing else; time
 * stands still, and the clock reads what it is said to read. So each is computed once for each state of a host, and
 * once for each packet that reaches it.
 */
import type { Action, Protocol, Step } from '../../protocol/framework/action.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import { Interner, type PacketPart, type Part } from './interning.ts';
import { B3, firstBroken, type NamedLaws, namedLaws, type SystemLaws } from './systemLaws.ts';
import type { Row } from './transition.ts';

/** A state of the host at one place. */
export interface HostPart<State, Message, Spec> extends Part<State> {
  /** The host's place in the configuration. */
  readonly place: number;
  /** What it can do in each network that it was seen in, by the network's number. */
  readonly rows: Map<number, Row<State, Message, Spec>>;
  /** What the invariants of a host say of it in each state of the specification; null if they are silent. */
  readonly verdicts: Map<number, Verdict | null>;
}

/** One action of a host in one state, on one packet. */
export interface Move<State, Message, Spec> {
  readonly action: string;
  /** The action's place among those of the protocol. */
  readonly kind: number;
  readonly packet: PacketPart<Message> | undefined;
  readonly before: HostPart<State, Message, Spec>;
  readonly after: HostPart<State, Message, Spec>;
  /** The packets that it sends, each once. */
  readonly sends: readonly PacketPart<Message>[];
  /** The step as the action gave it. */
  readonly step: Step<State, Message>;
  /** What the invariants of a step say. */
  readonly refusal: Verdict;
}

/** An action that does not read the clock is told anything. */
const NO_READING = [0];

/** Stands for the step of a host that stops and starts again. */
export const RESTART = 'restart';

export class HostMoves<State, Message, Spec> {
  /** The names of all actions. */
  readonly actions: readonly string[];
  /** Every packet that ever came up, and those to each host. */
  readonly packets: Interner<Packet<Message>, PacketPart<Message>>;
  readonly packetsTo: readonly PacketPart<Message>[][];
  readonly #protocol: Protocol<State, Message>;
  readonly #clockReadings: readonly number[];
  readonly #hosts: readonly Interner<State, HostPart<State, Message, Spec>>[];
  readonly #kinds: ReadonlyMap<string, number>;
  readonly #stepInvariants: NamedLaws<[before: State, after: State]>;

  constructor(laws: SystemLaws<State, Message, Spec>, clockReadings: readonly number[]) {
    this.#protocol = laws.protocol;
    this.#clockReadings = clockReadings;
    const { actions, restart } = laws.protocol;
    this.actions = [...actions.map(({ name }) => name), ...(restart ? [RESTART] : [])];
    this.#kinds = new Map(this.actions.map((action, kind) => [action, kind]));
    this.#stepInvariants = namedLaws(laws.stepInvariants);
    const placeOf = new Map(laws.protocol.hosts.map((host, place) => [host, place]));
    this.packetsTo = laws.protocol.hosts.map(() => []);
    this.packets = new Interner(-1, (part) => {
      const packet = { ...part, destination: placeOf.get(part.value.dst) ?? -1 };
      this.packetsTo[packet.destination]?.push(packet);
      return packet;
    });
    this.#hosts = laws.protocol.hosts.map(
      (_, place) =>
        new Interner(place, (part) => ({
          ...part,
          place,
          rows: new Map(),
          verdicts: new Map(),
        })),
    );
  }

  /** The host at each place as it begins. */
  initial(): HostPart<State, Message, Spec>[] {
    return this.#hosts.map((states, place) =>
      states.intern(this.#protocol.init(this.#protocol.hosts[place] as string)),
    );
  }

  /** What the host can do of its own accord. */
  local(before: HostPart<State, Message, Spec>): Move<State, Message, Spec>[] {
    const state = before.value;
    const moves: Move<State, Message, Spec>[] = [];
    for (const action of this.#protocol.actions) {
      if (action.takes !== 'nothing') continue;
      for (const now of this.#readings(action)) {
        if (action.guard(state, now) !== undefined) continue;
        moves.push(this.#move(action.name, before, undefined, action.step(state, now)));
      }
    }
    const restarted = this.#protocol.restart?.(state);
    return restarted === undefined
      ? moves
      : [...moves, this.#move(RESTART, before, undefined, { state: restarted, sends: [] })];
  }

  /** What the host can do with a packet. */
  onPacket(
    before: HostPart<State, Message, Spec>,
    packet: PacketPart<Message>,
  ): Move<State, Message, Spec>[] {
    const { value: state } = before;
    const moves: Move<State, Message, Spec>[] = [];
    for (const action of this.#protocol.actions) {
      if (action.takes !== 'packet') continue;
      for (const now of this.#readings(action)) {
        if (action.guard(state, packet.value, now) !== undefined) continue;
        moves.push(this.#move(action.name, before, packet, action.step(state, packet.value, now)));
      }
    }
    return moves;
  }

  #readings({ readsClock }: Action<State, Message>): readonly number[] {
    return readsClock ? this.#clockReadings : NO_READING;
  }

  /** Forgets what depends on networks. */
  forgetNetworks(): void {
    for (const { all } of this.#hosts) for (const { rows } of all) rows.clear();
  }

  #move(
    action: string,
    before: HostPart<State, Message, Spec>,
    packet: PacketPart<Message> | undefined,
    step: Step<State, Message>,
  ): Move<State, Message, Spec> {
    const hosts = this.#hosts[before.place] as Interner<State, HostPart<State, Message, Spec>>;
    const unchanged = step.state === before.value;
    return {
      action,
      kind: this.#kinds.get(action) as number,
      packet,
      before,
      after: unchanged ? before : hosts.intern(step.state),
      sends: [...new Set(step.sends.map((sent) => this.packets.intern(sent)))],
      step,
      refusal: unchanged
        ? undefined
        : firstBroken(B3, this.#stepInvariants, before.value, step.state),
    };
  }
}
