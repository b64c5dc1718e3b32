/**
 * # The system of a protocol, as a model
 *
 * The hosts of a protocol, the set of all packets ever sent, and the ghost that their behaviour leads to. Any host may
 * take any action at any time, on any packet that was ever sent to it; time stands still. A finite protocol and ghost
 * give a finite model.
 *
 * In it every step is checked to be a step or a stutter of the specification (B3), every packet to agree with it (B4),
 * and every state to obey the laws.
 *
 * This model is the one of `textbookModel.ts`, made fast: parts are kept once, and what depends on parts only
 * is found out once. What is left out, and why that is sound:
 *  - The laws of a host that look at no other host are a function of its state and the ghost: they are asked once for
 *    each such pair, and looked up for each state of the system.
 *  - A packet is checked when it is first sent, beside the ghost after that step. Its laws are stable: they stay true
 *    while the specification advances.
 *  - A step that changes no host, sends nothing new and leaves the ghost alone leads to the state that it comes
 *    from, of which everything is known. Such steps are counted, all of one action and with the same sends at once; so
 *    what they do to the ghost must not depend on the packet that they take, and the packet is not to be had.
 */
import { type LawList, lawList } from '../../refinement/framework/laws.ts';
import {
  RESTART,
  type SystemRefinement,
  type Whole,
} from '../../refinement/framework/systemRefinement.ts';
import { show } from '../../spec/framework/difference.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
import { forAll, type Verdict } from '../../spec/framework/verdict.ts';
import type { Fairness } from './fairness.ts';
import { HostMoves, type HostPart } from './hostMoves.ts';
import { Interner, type Network, Networks, type Part } from './interning.ts';
import type { Model, Visit } from './model.ts';
import { B3, B4, brokenLaw, checkSpecStep, lawNumbers, under } from './systemLaws.ts';
import { after, SystemState } from './systemState.ts';
import { Row, type Transition } from './transition.ts';
import { WatchedWhole } from './watchedWhole.ts';

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

export class SystemModel<State, Message, Ghost, Spec>
  implements Model<SystemState<State, Message, Ghost>, Transition<State, Message, Ghost>>
{
  readonly name: string;
  readonly actions: readonly string[];
  readonly checks: readonly string[];
  readonly #laws: SystemRefinement<State, Message, Ghost, Spec>;
  readonly #separate: boolean;
  readonly #maxRemembered: number;
  readonly #showSpec: (spec: Spec) => string;
  readonly #moves: HostMoves<State, Message, Ghost>;
  readonly #networks = new Networks<Message>();
  readonly #ghosts = new Interner<Ghost, Part<Ghost>>(-2, (part) => part);
  readonly #hostLaws: LawList<[state: State, whole: Whole<State, Ghost>, host: number]>;
  readonly #packetLaws: LawList<[packet: Packet<Message>, whole: Whole<State, Ghost>]>;
  readonly #systemLaws: LawList<[whole: Whole<State, Ghost>]>;
  readonly #start: SystemState<State, Message, Ghost>;
  #remembered = 0;

  constructor(
    laws: SystemRefinement<State, Message, Ghost, Spec>,
    options: SystemOptions<Message, Spec> = {},
  ) {
    const { strangers = [], clockReadings = [0], separate = false } = options;
    const { maxRemembered = 2 ** 21, showSpec = show } = options;
    this.name = options.name ?? laws.protocol.name;
    this.#laws = laws;
    this.#separate = separate;
    this.#maxRemembered = maxRemembered;
    this.#showSpec = showSpec;
    this.#moves = new HostMoves(laws, clockReadings);
    this.actions = this.#moves.actions;
    this.#hostLaws = lawList(laws.hostInvariants);
    this.#packetLaws = lawList(laws.packetInvariants);
    this.#systemLaws = [laws.systemInvariants, laws.sampledInvariants].flatMap(lawList);
    this.checks = ['B3', 'B4', ...lawNumbers(laws)];
    const hosts = this.#moves.initial();
    const packets = new Set(strangers.map((packet) => this.#moves.packets.intern(packet)));
    const network = this.#networks.extend(this.#networks.empty, [...packets]);
    const ghost = strangers.reduce((g, packet) => laws.hear(g, packet), laws.begin());
    this.#start = new SystemState(hosts, network, this.#ghosts.intern(ghost));
  }

  initial(): [SystemState<State, Message, Ghost>] {
    return [this.#start];
  }

  fingerprint(s: SystemState<State, Message, Ghost>): Fingerprint {
    return s;
  }

  actionOf({ move }: Transition<State, Message, Ghost>): string {
    return move.action;
  }

  successors(
    s: SystemState<State, Message, Ghost>,
    visit: Visit<SystemState<State, Message, Ghost>, Transition<State, Message, Ghost>>,
  ): void {
    const { network, ghost } = s;
    const alone: Transition<State, Message, Ghost>[] = [];
    const times: number[] = [];
    for (const host of s.hosts) {
      const row = this.#row(host, network);
      for (const transition of row.loud) {
        if (transition.from !== ghost) this.#advance(transition, s);
        visit(transition, after(s, transition));
      }
      const leaveAlone = row.silentFor === ghost || this.#leaveAlone(row, s);
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

  checkState(s: SystemState<State, Message, Ghost>): Verdict {
    return (s === this.#start ? this.#checkStart(s) : undefined) ?? this.#checkParts(s);
  }

  checkStep(
    s: SystemState<State, Message, Ghost>,
    transition: Transition<State, Message, Ghost>,
  ): Verdict {
    if (transition.from !== s.ghost) this.#advance(transition, s);
    return transition.refusal;
  }

  /** All packets that were sent. */
  sent({ network }: SystemState<State, Message, Ghost>): Packet<Message>[] {
    return this.#moves.packets.all.filter((p) => network.has(p)).map(({ value }) => value);
  }

  showState({ ghost }: SystemState<State, Message, Ghost>): string {
    return this.#showSpec(this.#laws.spec(ghost.value));
  }

  /** Such as `h2 accept ← h1: transfer(2) → h1: locked(2)`. */
  showLabel({ move }: Transition<State, Message, Ghost>): string {
    const { hosts, describe } = this.#laws.protocol;
    const taken = move.packet
      ? [`← ${move.packet.value.src}: ${describe(move.packet.value.msg)}`]
      : [];
    const sent = move.step.sends.map(({ dst, msg }) => `→ ${dst}: ${describe(msg)}`);
    return [hosts[move.before.place], move.action, ...taken, ...sent].join(' ');
  }

  /** Every host goes on, and a packet that is sent again and again arrives again and again. */
  readonly fairness: Fairness<Transition<State, Message, Ghost>> = {
    weakFairness: ({ move }) =>
      move.packet === undefined && move.action !== RESTART
        ? `${move.before.place} ${move.action}`
        : undefined,
    asksFor: ({ move }) => move.sends.filter(({ destination }) => destination >= 0),
    grants: ({ move }) => (move.packet === undefined ? [] : [move.packet]),
  };

  /** What a host can do in a network, and what it leads to. */
  #row(
    host: HostPart<State, Message, Ghost>,
    network: Network<Message>,
  ): Row<State, Message, Ghost> {
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
    host: HostPart<State, Message, Ghost>,
    network: Network<Message>,
  ): Row<State, Message, Ghost> {
    const row = new Row<State, Message, Ghost>(network, this.#networks, this.#separate);
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

  /** Whether the silent transitions all leave the ghost as it is, and may. */
  #leaveAlone(row: Row<State, Message, Ghost>, s: SystemState<State, Message, Ghost>): boolean {
    for (const transition of row.silent) {
      if (transition.from !== s.ghost) this.#advance(transition, s);
      if (transition.to !== s.ghost || transition.refusal !== undefined) return false;
    }
    row.silentFor = s.ghost;
    return true;
  }

  #forget(): void {
    this.#moves.forgetNetworks();
    this.#networks.forget();
    this.#remembered = 0;
  }

  /** Finds out where a transition leads the ghost, and whether it may. */
  #advance(
    transition: Transition<State, Message, Ghost>,
    s: SystemState<State, Message, Ghost>,
  ): void {
    const { move, fresh } = transition;
    const laws = this.#laws;
    const from = s.ghost;
    const before = laws.spec(from.value);
    const ghost = laws.act(laws.copy(from.value), transition.act());
    const to = ghost === from.value ? from : this.#ghosts.intern(ghost);
    const refusal = checkSpecStep(laws, before, laws.spec(ghost)) ?? move.refusal;
    if (refusal !== undefined || fresh.length === 0) transition.settle(from, to, refusal);
    else {
      const whole = new WatchedWhole(to.value, () =>
        s.states().with(move.before.place, move.after.value),
      );
      const contradicted = forAll(fresh, (packet) => this.#checkPacket(packet.value, whole));
      transition.settle(whole.looked ? undefined : from, to, contradicted);
    }
  }

  #checkPacket(packet: Packet<Message>, whole: Whole<State, Ghost>): Verdict {
    return (
      under(B4, this.#laws.correspondence(packet, whole.ghost))
      ?? brokenLaw(this.#packetLaws, packet, whole)
    );
  }

  #checkParts(s: SystemState<State, Message, Ghost>): Verdict {
    const { hosts, ghost } = s;
    const states = s.states();
    for (const host of hosts) {
      let verdict = host.verdicts.get(ghost.id);
      if (verdict === undefined) {
        const whole = new WatchedWhole(ghost.value, () => states);
        verdict = brokenLaw(this.#hostLaws, host.value, whole, host.place) ?? null;
        if (!whole.looked) host.verdicts.set(ghost.id, verdict);
      }
      if (verdict !== null) return verdict;
    }
    return brokenLaw(this.#systemLaws, { states, ghost: ghost.value });
  }

  #checkStart(s: SystemState<State, Message, Ghost>): Verdict {
    const whole = { states: s.states(), ghost: s.ghost.value };
    return (
      under(B3, this.#laws.init(this.#laws.spec(whole.ghost)))
      ?? forAll(s.network.added, ({ value }) => this.#checkPacket(value, whole))
    );
  }
}
