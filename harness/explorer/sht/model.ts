/**
 * # The hash table, as a model
 *
 * The hosts of an instance and the set of all packets ever sent. Any host may take any action at any
 * time, on any packet that was ever sent to it; what clients say in the instance they may say at any
 * time. Every step is checked to be a step or a stutter of the specification (B3), every packet to
 * agree with it (B4), and every state to obey the laws: those of a step after each step, those of
 * everything in each state.
 *
 * The ghost is no part of a state. What it knows is either told by the hosts and the packets (where
 * each key is, what was said, and so what the table has and what was replied), or it is the order in
 * which requests of different clients, or to different hosts, took effect, on which no law depends.
 * So each state carries the ghost of the behaviour that found it.
 */
import type { Host } from '../../../protocol/sht/host.ts';
import type { Message } from '../../../protocol/sht/messages.ts';
import { type LawList, lawList } from '../../../refinement/framework/laws.ts';
import type {
  Act,
  SystemRefinement,
  Whole,
} from '../../../refinement/framework/systemRefinement.ts';
import type { Ghost } from '../../../refinement/sht/ghost.ts';
import { shtSystem } from '../../../refinement/sht/service.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import type { Fingerprint } from '../../../spec/framework/fingerprint.ts';
import { forAll, type Verdict } from '../../../spec/framework/verdict.ts';
import type { State as Service } from '../../../spec/sht/service.ts';
import type { Fairness } from '../fairness.ts';
import { GhostState } from '../ghostState.ts';
import { HostSteps, type Move as MoveOf, type PossibleStep } from '../hostSteps.ts';
import type { Model, Visit } from '../model.ts';
import { type SentPart, type SentSet, SentSets } from '../sentSets.ts';
import { NO_SYMMETRY, type Symmetry } from '../symmetry.ts';
import { B3, B4, brokenLaw, checkSpecStep, lawNumbers, under } from '../systemLaws.ts';
import { clockReadingsOf, configurationOf, type Instance, parametersOf } from './instance.ts';
import { showMove, showPlaces } from './show.ts';

export type ShtRefinement = SystemRefinement<Host, Message, Ghost, Service>;
export type ShtMove = MoveOf<Host, Message>;

/** A state of the system, which carries the ghost of the way on which it was found. */
export class ShtState extends GhostState<Host, Message, undefined> {
  /** Until all steps from it have been looked at, and where steps are checked at all. */
  ghost: Ghost | undefined;
}

export interface ShtModelOptions {
  /** By default, the protocol as it is. */
  readonly refinement?: ShtRefinement;
}

/** How many sets of packets are remembered, before they are all forgotten. */
const MAX_REMEMBERED = 2 ** 18;

export const refinementOf = (instance: Instance): ShtRefinement =>
  shtSystem(configurationOf(instance), parametersOf(instance));

export class ShtModel implements Model<ShtState, ShtMove> {
  readonly name: string;
  readonly actions: readonly string[];
  readonly checks: readonly string[];
  readonly #refinement: ShtRefinement;
  readonly #steps: HostSteps<Host, Message>;
  readonly #sets = new SentSets<Message, undefined>(MAX_REMEMBERED);
  readonly #hostLaws: LawList<[h: Host, whole: Whole<Host, Ghost>, place: number]>;
  readonly #packetLaws: LawList<[packet: Packet<Message>, whole: Whole<Host, Ghost>]>;
  readonly #systemLaws: LawList<[whole: Whole<Host, Ghost>]>;
  readonly #start: ShtState;
  /** The step that was checked last, by which the next state is reached that is new. */
  #last: { readonly move: ShtMove; readonly moved: boolean } | undefined;

  constructor(instance: Instance, options: ShtModelOptions = {}) {
    const { refinement = refinementOf(instance) } = options;
    const { protocol } = refinement;
    this.name = `sht, ${instance.name}`;
    this.#refinement = refinement;
    this.#hostLaws = lawList(refinement.hostInvariants);
    this.#packetLaws = lawList(refinement.packetInvariants);
    const { systemInvariants, sampledInvariants } = refinement;
    this.#systemLaws = [systemInvariants, sampledInvariants].flatMap(lawList);
    this.checks = ['B3', 'B4', ...lawNumbers(refinement)].sort(byNumber);
    const without = new Set(instance.without.flatMap(({ actions }) => actions));
    this.actions = protocol.actions.map(({ name }) => name).filter((name) => !without.has(name));
    const stepLaws = lawList(refinement.stepInvariants);
    this.#steps = new HostSteps(protocol, stepLaws, NO_SYMMETRY as Symmetry<Message>, {
      clockReadings: clockReadingsOf(instance),
      allows: ({ action }: PossibleStep<Host, Message>) => !without.has(action),
    });
    const hosts = protocol.hosts.map((id, place) => this.#steps.part(place, protocol.init(id)));
    const said = instance.said.map((packet) => this.#steps.packets.intern(packet));
    const none = this.#sets.empty(undefined, 1);
    this.#start = new ShtState(hosts, this.#after(none, [...new Set(said)]), 0);
    this.#start.ghost = instance.said.reduce(refinement.hear, refinement.begin());
  }

  initial(): [ShtState] {
    return [this.#start];
  }

  fingerprint(s: ShtState): Fingerprint {
    return s;
  }

  actionOf({ action }: ShtMove): string {
    return action;
  }

  /** In an order that is the same whenever a state is asked again. */
  successors(s: ShtState, visit: Visit<ShtState, ShtMove>): void {
    for (const host of s.hosts) {
      for (const move of this.#steps.local(host)) this.#visit(s, move, visit);
      this.#steps.hear(host, s.sent);
      for (const move of host.onPackets) {
        if (move.packet !== undefined && s.sent.has(move.packet)) this.#visit(s, move, visit);
      }
    }
    if (s !== this.#start) s.ghost = undefined;
  }

  #visit(s: ShtState, move: ShtMove, visit: Visit<ShtState, ShtMove>): void {
    const sent = this.#after(s.sent, move.sends);
    if (move.after !== move.before) {
      const hosts = s.hosts.slice();
      hosts[move.before.place] = move.after;
      visit(move, new ShtState(hosts, sent, 0));
    } else if (sent !== s.sent) {
      visit(move, new ShtState(s.hosts, sent, 0));
    } else {
      visit(move, s);
    }
  }

  checkStep(s: ShtState, move: ShtMove, t: ShtState): Verdict {
    if (move.refusal !== undefined) return under(B3, move.refusal);
    if (t === s || s.ghost === undefined) return undefined;
    const refinement = this.#refinement;
    const ghost = refinement.act(refinement.copy(s.ghost), actOf(move));
    const [before, after] = [refinement.spec(s.ghost), refinement.spec(ghost)];
    t.ghost = ghost;
    this.#last = { move, moved: before !== after };
    return checkSpecStep(refinement, before, after) ?? this.#checkSends(s.sent, move, t);
  }

  checkState(t: ShtState): Verdict {
    const whole = wholeOf(t);
    const last = this.#last;
    if (t === this.#start || last === undefined) {
      const { init, spec } = this.#refinement;
      return under(B3, init(spec(whole.ghost))) ?? brokenLaw(this.#systemLaws, whole);
    }
    const place = last.move.before.place;
    return (
      this.#checkHosts(last.moved ? undefined : place, whole) ?? brokenLaw(this.#systemLaws, whole)
    );
  }

  /** The packets of a step that are new, as the step sends them. */
  #checkSends(sent: SentSet<Message, undefined>, { step, parts }: ShtMove, t: ShtState): Verdict {
    const whole = wholeOf(t);
    return forAll(step.sends.entries(), ([index, packet]) =>
      sent.has(parts[index] as SentPart<Message>)
        ? undefined
        : (under(B4, this.#refinement.correspondence(packet, whole.ghost))
          ?? brokenLaw(this.#packetLaws, packet, whole)),
    );
  }

  /** The host at a place, or all of them. */
  #checkHosts(place: number | undefined, whole: Whole<Host, Ghost>): Verdict {
    return forAll(whole.states.entries(), ([each, h]) =>
      place === undefined || place === each ? brokenLaw(this.#hostLaws, h, whole, each) : undefined,
    );
  }

  /** All packets that were sent. */
  sent({ sent }: ShtState): Packet<Message>[] {
    return this.#steps.packets.all.filter((part) => sent.has(part)).map(({ value }) => value);
  }

  showState(s: ShtState): string {
    return showPlaces(s.states());
  }

  showLabel(move: ShtMove): string {
    return showMove(this.#refinement.protocol, move);
  }

  /** How many different states of hosts, packets and sets of packets came up. */
  get parts() {
    const { states, packets } = this.#steps;
    return { hostStates: states.size, packets: packets.all.length, packetSets: this.#sets.made };
  }

  /** Every host goes on, and a packet that is sent again and again arrives again and again. */
  readonly fairness: Fairness<ShtMove> = {
    weakFairness: ({ action, before, packet }) =>
      packet === undefined ? `${before.place} ${action}` : undefined,
    asksFor: ({ sends }) => sends.filter(({ destination }) => destination >= 0),
    grants: ({ packet }) => (packet === undefined ? [] : [packet]),
  };

  #after(
    set: SentSet<Message, undefined>,
    sends: readonly SentPart<Message>[],
  ): SentSet<Message, undefined> {
    return this.#sets.after(set, sends, () => undefined);
  }
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** A state as laws see it, whose ghost there must be. */
function wholeOf(s: ShtState): Whole<Host, Ghost> {
  if (s.ghost === undefined) throw new Error('a state is checked after the step that leads to it');
  return { states: s.states(), ghost: s.ghost };
}

const actOf = ({ action, before, after, packet, now, step }: ShtMove): Act<Host, Message> => ({
  host: before.place,
  action,
  before: before.value,
  packet: packet?.value,
  now,
  // Equal parts of states are the same here, so that what has not changed is seen at once.
  step: { state: after.value, sends: step.sends },
});
