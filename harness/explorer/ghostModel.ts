/**
 * # A refinement, as a model
 *
 * The hosts of a protocol and the set of all packets ever sent. Any host may take any action at any
 * time, on any packet that was ever sent to it; time stands still. Every step is checked to be a
 * step or a stutter of the specification (B3), every packet to agree with it (B4), and every state
 * to obey the laws.
 *
 * Which state of the specification this stands for, the ghost tells. Here the ghost must depend on
 * nothing but the packets sent; so it is no part of a state, and is made once for each set of
 * packets. (It may also remember the last step, so that laws need not look at everything.)
 *
 * It is the model of `textbookModel.ts`, made fast: parts are kept once, and what depends on parts
 * only is found out once. A step that changes no host and sends nothing new leads to where it comes
 * from, of which everything is known; unless fairness asks for such steps, they are left out.
 */

import { lawList } from '../../refinement/framework/laws.ts';
import { RESTART, type SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { Fairness } from './fairness.ts';
import { type Arrival, GhostLaws } from './ghostLaws.ts';
import { GhostState } from './ghostState.ts';
import { type HostPart, HostSteps, type HostStepsOptions, type Move } from './hostSteps.ts';
import type { Model, Visit } from './model.ts';
import { SentSets } from './sentSets.ts';
import { NO_SYMMETRY, type Symmetry } from './symmetry.ts';
import { lawNumbers } from './systemLaws.ts';

export interface GhostModelOptions<State, Message, Ghost> extends HostStepsOptions<State, Message> {
  /** What the model is called; by default, as the protocol. */
  readonly name?: string;
  /** The actions that may be taken; by default, all of the protocol. */
  readonly actions?: readonly string[];
  /** Where behaviours begin; by default, where the protocol says. */
  readonly beginning?: Beginning<State, Message, Ghost>;
  /** How many times hosts stop and start again in a behaviour, all together; by default never. */
  readonly restarts?: number;
  /** Renamings under which nothing changes but names. */
  readonly symmetry?: Symmetry<Message>;
  /** Whether steps that change nothing are visited, as questions of fairness need it. */
  readonly separate?: boolean;
  /** The laws that take long are asked of one state in so many; by default of all. */
  readonly sampleEvery?: number;
  /** How many sets of packets are remembered, before they are all forgotten. */
  readonly maxRemembered?: number;
  /** A state for a reader; if it follows a step, the host that moved may be enough. */
  readonly showState?: (
    s: GhostState<State, Message, Ghost>,
    moved?: HostPart<State, Message>,
  ) => string;
}

/** A state of a system that has been running. */
export interface Beginning<State, Message, Ghost> {
  readonly states: readonly State[];
  /** Of the packets that were sent, those that may still arrive; the others are lost. */
  readonly packets: readonly Packet<Message>[];
  readonly ghost: Ghost;
}

export class GhostModel<State, Message, Ghost, Spec>
  implements Model<GhostState<State, Message, Ghost>, Move<State, Message>>
{
  readonly name: string;
  readonly actions: readonly string[];
  readonly checks: readonly string[];
  readonly #refinement: SystemRefinement<State, Message, Ghost, Spec>;
  readonly #options: GhostModelOptions<State, Message, Ghost>;
  readonly #laws: GhostLaws<State, Message, Ghost, Spec>;
  readonly #steps: HostSteps<State, Message>;
  readonly #sets: SentSets<Message, Ghost>;
  readonly #start: GhostState<State, Message, Ghost>;
  /** How many images the states have that were checked, all together. */
  #images = 0;
  /** How the state was reached that was reached last. */
  #arrival: Arrival<State, Message, Ghost> | undefined;

  constructor(
    refinement: SystemRefinement<State, Message, Ghost, Spec>,
    options: GhostModelOptions<State, Message, Ghost> = {},
  ) {
    const { protocol } = refinement;
    const { symmetry = NO_SYMMETRY as Symmetry<Message>, restarts = 0 } = options;
    this.name = options.name ?? protocol.name;
    this.#refinement = refinement;
    this.#options = options;
    this.#laws = new GhostLaws(refinement, options.sampleEvery ?? 1);
    this.#steps = new HostSteps(protocol, lawList(refinement.stepInvariants), symmetry, options);
    this.#sets = new SentSets(options.maxRemembered ?? 2 ** 17);
    const names = options.actions ?? protocol.actions.map(({ name }) => name);
    this.actions = restarts > 0 ? [...names, RESTART] : names;
    this.checks = ['B3', 'B4', ...lawNumbers(refinement)];
    this.#start = this.#begin(symmetry.size);
  }

  initial(): [GhostState<State, Message, Ghost>] {
    return [this.#start];
  }

  fingerprint(s: GhostState<State, Message, Ghost>): Fingerprint {
    return s;
  }

  actionOf({ action }: Move<State, Message>): string {
    return action;
  }

  /** In an order that is the same whenever a state is asked again. */
  successors(
    s: GhostState<State, Message, Ghost>,
    visit: Visit<GhostState<State, Message, Ghost>, Move<State, Message>>,
  ): void {
    const { separate = false } = this.#options;
    for (const host of s.hosts) {
      for (const move of this.#steps.local(host)) {
        if (move.action === RESTART && s.restarts === 0) continue;
        const next = this.#after(s, move);
        if (next !== s || separate) visit(move, next);
      }
      this.#steps.hear(host, s.sent);
      for (const move of host.onPackets) {
        if (move.packet !== undefined && !s.sent.has(move.packet)) continue;
        const next = this.#after(s, move);
        if (next !== s || separate) visit(move, next);
      }
    }
  }

  /** To be asked of a step before its state, as the explorer does. */
  checkStep(
    s: GhostState<State, Message, Ghost>,
    move: Move<State, Message>,
    t: GhostState<State, Message, Ghost>,
  ): Verdict {
    this.#arrival = { from: s, move };
    return this.#laws.checkStep(s, move, t);
  }

  checkState(s: GhostState<State, Message, Ghost>): Verdict {
    if (s === this.#start) this.#images = 0;
    this.#images += s.images();
    if (s !== this.#start && this.#arrival !== undefined) {
      return this.#laws.checkArrival(this.#arrival, s);
    }
    const packets = this.#steps.packets.all.filter((packet) => s.sent.has(packet));
    return this.#laws.checkStart(s, packets);
  }

  /** All packets that were sent and may arrive. */
  sent({ sent }: GhostState<State, Message, Ghost>): Packet<Message>[] {
    return this.#steps.packets.all.filter((p) => sent.has(p)).map(({ value }) => value);
  }

  showState(s: GhostState<State, Message, Ghost>, move?: Move<State, Message>): string {
    return this.#options.showState?.(s, move?.after) ?? '';
  }

  /** Such as `b promise ← a: 1a(1.0) → a: 1b(1.0)`; what goes to every host goes to `all`. */
  showLabel({ action, before, packet, step }: Move<State, Message>): string {
    const { hosts, describe } = this.#refinement.protocol;
    const taken = packet ? [`← ${packet.value.src}: ${describe(packet.value.msg)}`] : [];
    const to = new Map<string, string[]>();
    for (const { dst, msg } of step.sends) {
      const what = describe(msg);
      to.set(what, [...(to.get(what) ?? []), dst]);
    }
    const sent = [...to].map(([what, names]) => {
      const all = hosts.length > 1 && hosts.every((host) => names.includes(host));
      return `→ ${all ? 'all' : names.join(' ')}: ${what}`;
    });
    return [hosts[before.place], action, ...taken, ...sent].join(' ');
  }

  /**
   * How many states those stand for that were checked; not known if the beginning is not its own
   * only image, for then not all images can be reached.
   */
  get standFor(): number | undefined {
    return this.#start.images() === 1 ? this.#images : undefined;
  }

  /** How many different states of hosts, packets and sets of packets came up. */
  get parts() {
    const { states, packets } = this.#steps;
    return { hostStates: states.size, packets: packets.all.length, packetSets: this.#sets.made };
  }

  /** Every host goes on, and a packet that is sent again and again arrives again and again. */
  readonly fairness: Fairness<Move<State, Message>> = {
    weakFairness: ({ action, before, packet }) =>
      packet === undefined && action !== RESTART ? `${before.place} ${action}` : undefined,
    asksFor: ({ sends }) => sends.filter(({ destination }) => destination >= 0),
    grants: ({ packet }) => (packet === undefined ? [] : [packet]),
  };

  #begin(renamings: number): GhostState<State, Message, Ghost> {
    const { protocol } = this.#refinement;
    const { beginning, restarts = 0 } = this.#options;
    const states = beginning?.states ?? protocol.hosts.map((host) => protocol.init(host));
    const { ghost = this.#refinement.begin(), packets = [] } = beginning ?? {};
    const parts = packets.map((packet) => this.#steps.packets.intern(packet));
    const none = this.#sets.empty(ghost, renamings);
    const sent = this.#sets.after(none, [...new Set(parts)], () => ghost);
    const hosts = states.map((state, place) => this.#steps.part(place, state));
    return new GhostState(hosts, sent, restarts);
  }

  #after(
    s: GhostState<State, Message, Ghost>,
    move: Move<State, Message>,
  ): GhostState<State, Message, Ghost> {
    let made = false;
    const sent = this.#sets.after(s.sent, move.sends, () => {
      made = true;
      return this.#laws.ghostAfter(s.sent, move);
    });
    if (made) {
      sent.lastMove = move;
      sent.lastMoveFrom = s.sent.id;
    }
    if (move.after === move.before) {
      return sent === s.sent ? s : new GhostState(s.hosts, sent, s.restarts);
    }
    const hosts = s.hosts.slice();
    hosts[move.before.place] = move.after;
    return new GhostState(hosts, sent, s.restarts - (move.action === RESTART ? 1 : 0));
  }
}
