/**
 * # The system of a protocol, as a model
 *
 * The hosts of a protocol, the set of all packets ever sent, and the state of the specification that their
 * behaviour stands for so far. Any host may take any action at any time, on any packet that was ever sent to
 * it; time stands still. A finite protocol gives a finite model.
 *
 * In it every step is checked to be a step or a stutter of the specification (B3), every packet to agree with it (B4),
 * and every state to have the invariants.
 *
 * This model is the one of `textbookModel.ts`, made fast: parts are kept once, and what depends on parts only
 * is found out once. What is left out, and why that is sound:
 *  - The invariants of a host are a function of its state and the specification's: they are asked once for
 *    each such pair, and looked up for each state of the system.
 *  - A packet is checked when it is first sent, against the state of the specification after that step. Its
 *    laws are stable: they stay true while the specification advances.
 *  - A step that changes no host, sends nothing new and leaves the specification alone leads to the state that it comes
 *    from, of which everything is known. Such steps are counted, all of one action and with the same sends at once.
 */
import { show } from '../../spec/framework/difference.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
import { forAll, type Verdict } from '../../spec/framework/verdict.ts';
import type { Fairness } from './fairness.ts';
import { HostMoves, type HostPart, RESTART } from './hostMoves.ts';
import { Interner, type Network, Networks, type Part } from './interning.ts';
import type { Model, Visit } from './model.ts';
import {
  at,
  B3,
  B4,
  checkSpecStep,
  firstBroken,
  invariantNames,
  type NamedLaws,
  namedLaws,
  type SystemLaws,
} from './systemLaws.ts';
import { after, SystemState } from './systemState.ts';
import { Row, type Transition } from './transition.ts';

export interface SystemOptions<Message, Spec> {
  /** What the model is called; by default, as the protocol. */
  readonly name?: string;
  /** Packets from outside that may arrive at any time, any number of times. */
  readonly strangers?: readonly Packet<Message>[];
  /** What clocks read; an action that reads the clock may read any of these. */
  readonly clockReadings?: readonly number[];
  /** Whether steps that change nothing are visited one by one, as questions of fairness need it. */
  readonly separate?: boolean;
  /** How much is remembered, in units of some hundred bytes, before all of it is forgotten. */
  readonly maxRemembered?: number;
  /** The state of the specification for a reader. */
  readonly showSpec?: (spec: Spec) => string;
}

/** Words of a set of packets that take as much room as a transition. */
const WORDS_A_UNIT = 32;

export class SystemModel<State, Message, Spec>
  implements Model<SystemState<State, Message, Spec>, Transition<State, Message, Spec>>
{
  readonly name: string;
  readonly actions: readonly string[];
  readonly checks: readonly string[];
  readonly #laws: SystemLaws<State, Message, Spec>;
  readonly #separate: boolean;
  readonly #maxRemembered: number;
  readonly #showSpec: (spec: Spec) => string;
  readonly #moves: HostMoves<State, Message, Spec>;
  readonly #networks = new Networks<Message>();
  readonly #specs = new Interner<Spec, Part<Spec>>(-2, (part) => part);
  readonly #hostInvariants: NamedLaws<[state: State, s: Spec]>;
  readonly #packetInvariants: NamedLaws<[packet: Packet<Message>, s: Spec]>;
  readonly #systemInvariants: NamedLaws<[states: readonly State[], s: Spec]>;
  readonly #start: SystemState<State, Message, Spec>;
  #remembered = 0;

  constructor(laws: SystemLaws<State, Message, Spec>, options: SystemOptions<Message, Spec> = {}) {
    const { strangers = [], clockReadings = [0], separate = false } = options;
    const { maxRemembered = 2 ** 21, showSpec = show } = options;
    this.name = options.name ?? laws.protocol.name;
    this.#laws = laws;
    this.#separate = separate;
    this.#maxRemembered = maxRemembered;
    this.#showSpec = showSpec;
    this.#moves = new HostMoves(laws, clockReadings);
    this.actions = this.#moves.actions;
    this.#hostInvariants = namedLaws(laws.hostInvariants);
    this.#packetInvariants = namedLaws(laws.packetInvariants);
    this.#systemInvariants = namedLaws(laws.systemInvariants);
    this.checks = ['B3', 'B4', ...invariantNames(laws)];
    const hosts = this.#moves.initial();
    const packets = new Set(strangers.map((packet) => this.#moves.packets.intern(packet)));
    const network = this.#networks.extend(this.#networks.empty, [...packets]);
    const spec = this.#specs.intern(laws.initial);
    this.#start = new SystemState(hosts, network, spec);
  }

  initial(): [SystemState<State, Message, Spec>] {
    return [this.#start];
  }

  fingerprint(s: SystemState<State, Message, Spec>): Fingerprint {
    return s;
  }

  actionOf({ move }: Transition<State, Message, Spec>): string {
    return move.action;
  }

  successors(
    s: SystemState<State, Message, Spec>,
    visit: Visit<SystemState<State, Message, Spec>, Transition<State, Message, Spec>>,
  ): void {
    const { network, spec } = s;
    const alone: Transition<State, Message, Spec>[] = [];
    const times: number[] = [];
    for (const host of s.hosts) {
      const row = this.#row(host, network);
      for (const transition of row.loud) {
        if (transition.from !== spec) this.#advance(transition, spec);
        visit(transition, after(s, transition));
      }
      const leaveAlone = row.silentFor === spec || this.#leaveAlone(row, spec);
      for (const transition of row.silent) {
        if (!leaveAlone) visit(transition, after(s, transition), transition.times);
        else if (this.#separate) visit(transition, s);
        else {
          const { kind } = transition.move;
          alone[kind] = transition;
          times[kind] = (times[kind] ?? 0) + transition.times;
        }
      }
    }
    alone.forEach((transition, kind) => {
      visit(transition, s, times[kind]);
    });
  }

  checkState(s: SystemState<State, Message, Spec>): Verdict {
    return (s === this.#start ? this.#checkStart(s) : undefined) ?? this.#checkParts(s);
  }

  checkStep(
    s: SystemState<State, Message, Spec>,
    transition: Transition<State, Message, Spec>,
  ): Verdict {
    if (transition.from !== s.spec) this.#advance(transition, s.spec);
    return transition.refusal;
  }

  /** All packets that were sent. */
  sent({ network }: SystemState<State, Message, Spec>): Packet<Message>[] {
    return this.#moves.packets.all.filter((p) => network.has(p)).map(({ value }) => value);
  }

  showState({ spec }: SystemState<State, Message, Spec>): string {
    return this.#showSpec(spec.value);
  }

  /** Such as `h2 accept ← h1: transfer(2) → h1: locked(2)`. */
  showLabel({ move }: Transition<State, Message, Spec>): string {
    const { hosts, describe } = this.#laws.protocol;
    const taken = move.packet
      ? [`← ${move.packet.value.src}: ${describe(move.packet.value.msg)}`]
      : [];
    const sent = move.step.sends.map(({ dst, msg }) => `→ ${dst}: ${describe(msg)}`);
    return [hosts[move.before.place], move.action, ...taken, ...sent].join(' ');
  }

  /** Every host goes on, and a packet that is sent again and again arrives again and again. */
  readonly fairness: Fairness<Transition<State, Message, Spec>> = {
    weakFairness: ({ move }) =>
      move.packet === undefined && move.action !== RESTART
        ? `${move.before.place} ${move.action}`
        : undefined,
    asksFor: ({ move }) => move.sends.filter(({ destination }) => destination >= 0),
    grants: ({ move }) => (move.packet === undefined ? [] : [move.packet]),
  };

  /** What a host can do in a network, and what it leads to. */
  #row(host: HostPart<State, Message, Spec>, network: Network<Message>): Row<State, Message, Spec> {
    let row = host.rows.get(network.id);
    if (row === undefined) {
      row = this.#findRow(host, network);
      host.rows.set(network.id, row);
      this.#remembered += row.loud.length + row.silent.length + network.bits.length / WORDS_A_UNIT;
      if (this.#remembered > this.#maxRemembered) this.#forget();
    }
    return row;
  }

  /**
   * A network that has grown from another still delivers what that one did, and only what is new must be looked
   * at. A step that sent something new may have become silent by now.
   */
  #findRow(
    host: HostPart<State, Message, Spec>,
    network: Network<Message>,
  ): Row<State, Message, Spec> {
    const row = new Row<State, Message, Spec>(network, this.#networks, this.#separate);
    const before = network.grownFrom && host.rows.get(network.grownFrom.id);
    if (before === undefined) {
      row.addAll(this.#moves.local(host));
      for (const packet of this.#moves.packetsTo[host.place] ?? []) {
        if (network.has(packet)) row.addAll(this.#moves.onPacket(host, packet));
      }
    } else {
      for (const { move, times } of before.loud) row.add(move, times);
      for (const { move, times } of before.silent) row.add(move, times);
      for (const packet of network.added) {
        if (packet.destination === host.place) row.addAll(this.#moves.onPacket(host, packet));
      }
    }
    return row.sort();
  }

  /** Whether the silent transitions all leave the specification where it is, and may. */
  #leaveAlone(row: Row<State, Message, Spec>, spec: Part<Spec>): boolean {
    for (const transition of row.silent) {
      if (transition.from !== spec) this.#advance(transition, spec);
      if (transition.to !== spec || transition.refusal !== undefined) return false;
    }
    row.silentFor = spec;
    return true;
  }

  #forget(): void {
    this.#moves.forgetNetworks();
    this.#networks.forget();
    this.#remembered = 0;
  }

  /** Finds out where a transition leads the specification, and whether it may. */
  #advance(transition: Transition<State, Message, Spec>, from: Part<Spec>): void {
    const { move, fresh } = transition;
    const spec = this.#laws.advance(from.value, move.action, move.before.value, move.step);
    const to = spec === from.value ? from : this.#specs.intern(spec);
    const refusal =
      checkSpecStep(this.#laws, from.value, spec)
      ?? move.refusal
      ?? forAll(fresh, (packet) => this.#checkPacket(packet.value, to.value));
    transition.settle(from, to, refusal);
  }

  #checkPacket(packet: Packet<Message>, spec: Spec): Verdict {
    const refusal = this.#laws.correspondence(packet, spec);
    return refusal ? at(B4, refusal) : firstBroken(B3, this.#packetInvariants, packet, spec);
  }

  #checkParts({ hosts, spec }: SystemState<State, Message, Spec>): Verdict {
    for (const host of hosts) {
      let verdict = host.verdicts.get(spec.id);
      if (verdict === undefined) {
        verdict = firstBroken(B3, this.#hostInvariants, host.value, spec.value) ?? null;
        host.verdicts.set(spec.id, verdict);
      }
      if (verdict !== null) return verdict;
    }
    const states = hosts.map(({ value }) => value);
    return firstBroken(B3, this.#systemInvariants, states, spec.value);
  }

  #checkStart({ network, spec }: SystemState<State, Message, Spec>): Verdict {
    const refusal = this.#laws.init(spec.value);
    return refusal
      ? at(B3, refusal)
      : forAll(network.added, ({ value }) => this.#checkPacket(value, spec.value));
  }
}
