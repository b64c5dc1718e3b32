/**
 * # What a host can do
 *
 * A host's step depends on its own state, on the packet that it takes, if any, and on what it chooses, and on nothing
 * else; time stands still, and the clock reads what it is said to read. So each is computed once for each state of a host, and
 * once for each packet that reaches it.
 */
import type { Action, Protocol, Step } from '../../protocol/framework/action.ts';
import { choicesOf, guardOf, stepOf } from '../../protocol/framework/steps.ts';
import { type LawList, lawList } from '../../refinement/framework/laws.ts';
import {
  type Act,
  RESTART,
  type SystemRefinement,
} from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import { Interner, type PacketPart, type Part } from './interning.ts';
import { brokenLaw } from './systemLaws.ts';
import type { Row } from './transition.ts';

/** A state of the host at one place. */
export interface HostPart<State, Message, Ghost> extends Part<State> {
  /** The host's place in the configuration. */
  readonly place: number;
  /** What it can do in each network that it was seen in, by the network's number. */
  readonly rows: Map<number, Row<State, Message, Ghost>>;
  /** What the laws of a host say of it beside each ghost; null if they are silent. */
  readonly verdicts: Map<number, Verdict | null>;
}

/** One action of a host in one state, on one packet. */
export interface Move<State, Message, Ghost> {
  readonly action: string;
  /** The action's place among those of the protocol. */
  readonly kind: number;
  readonly packet: PacketPart<Message> | undefined;
  readonly before: HostPart<State, Message, Ghost>;
  readonly after: HostPart<State, Message, Ghost>;
  /** The packets that it sends, each once. */
  readonly sends: readonly PacketPart<Message>[];
  /** The step as the action gave it. */
  readonly step: Step<State, Message>;
  /** The same as a ghost is told of it; made when the first one asks. */
  act: Act<State, Message> | undefined;
  /** What the laws of a step say; nothing of a restart. */
  readonly refusal: Verdict;
}

/** An action that does not read the clock is told anything. */
const NO_READING = [0];

export class HostMoves<State, Message, Ghost> {
  /** The names of all actions. */
  readonly actions: readonly string[];
  /** Every packet that ever came up, and those to each host. */
  readonly packets: Interner<Packet<Message>, PacketPart<Message>>;
  readonly packetsTo: readonly PacketPart<Message>[][];
  readonly #protocol: Protocol<State, Message>;
  readonly #clockReadings: readonly number[];
  readonly #hosts: readonly Interner<State, HostPart<State, Message, Ghost>>[];
  readonly #kinds: ReadonlyMap<string, number>;
  readonly #stepLaws: LawList<[before: State, after: State]>;

  constructor(
    laws: Pick<SystemRefinement<State, Message, never, never>, 'protocol' | 'stepInvariants'>,
    clockReadings: readonly number[],
  ) {
    this.#protocol = laws.protocol;
    this.#clockReadings = clockReadings;
    const { actions, restart } = laws.protocol;
    this.actions = [...actions.map(({ name }) => name), ...(restart ? [RESTART] : [])];
    this.#kinds = new Map(this.actions.map((action, kind) => [action, kind]));
    this.#stepLaws = lawList(laws.stepInvariants);
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
  initial(): HostPart<State, Message, Ghost>[] {
    return this.#hosts.map((states, place) =>
      states.intern(this.#protocol.init(this.#protocol.hosts[place] as string)),
    );
  }

  /** What the host can do of its own accord. */
  local(before: HostPart<State, Message, Ghost>): Move<State, Message, Ghost>[] {
    const moves = this.#moves('nothing', before, undefined);
    const restarted = this.#protocol.restart?.(before.value);
    if (restarted === undefined) return moves;
    return [...moves, this.#move(RESTART, before, undefined, { state: restarted, sends: [] })];
  }

  /** What the host can do with a packet. */
  onPacket(
    before: HostPart<State, Message, Ghost>,
    packet: PacketPart<Message>,
  ): Move<State, Message, Ghost>[] {
    return this.#moves('packet', before, packet);
  }

  #moves(
    takes: Action<State, Message>['takes'],
    before: HostPart<State, Message, Ghost>,
    packet: PacketPart<Message> | undefined,
  ): Move<State, Message, Ghost>[] {
    const moves: Move<State, Message, Ghost>[] = [];
    for (const action of this.#protocol.actions) {
      if (action.takes !== takes) continue;
      for (const now of this.#readings(action)) {
        const given = { packet: packet?.value, now };
        // As stepsOf does, without the cost of a generator for each packet that comes up.
        for (const choice of choicesOf(action, before.value, given)) {
          if (guardOf(action, before.value, given, choice) !== undefined) continue;
          const step = stepOf(action, before.value, given, choice);
          moves.push(this.#move(action.name, before, packet, step));
        }
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
    before: HostPart<State, Message, Ghost>,
    packet: PacketPart<Message> | undefined,
    step: Step<State, Message>,
  ): Move<State, Message, Ghost> {
    const hosts = this.#hosts[before.place] as Interner<State, HostPart<State, Message, Ghost>>;
    const unchanged = step.state === before.value;
    return {
      action,
      kind: this.#kinds.get(action) as number,
      packet,
      before,
      after: unchanged ? before : hosts.intern(step.state),
      sends: [...new Set(step.sends.map((sent) => this.packets.intern(sent)))],
      step,
      act: undefined,
      refusal:
        unchanged || action === RESTART
          ? undefined
          : brokenLaw(this.#stepLaws, before.value, step.state),
    };
  }
}
