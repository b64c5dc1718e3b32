/**
 * # Transitions of a system
 *
 * What a move of one host does to the system when its network is in a given state: which packets are new,
 * and, once that is settled, where it leads the ghost.
 */
import type { Step } from '../../protocol/framework/action.ts';
import type { Act } from '../../refinement/framework/systemRefinement.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { Move } from './hostMoves.ts';
import type { Network, Networks, PacketPart, Part } from './interning.ts';

export class Transition<State, Message, Ghost> {
  readonly move: Move<State, Message, Ghost>;
  /** The network after it, and the packets that are new there. */
  readonly network: Network<Message>;
  readonly fresh: readonly PacketPart<Message>[];
  /** How many transitions this stands for; more than one only if they change no host and send nothing new. */
  readonly times: number;
  /** What it adds to the fingerprint of a state, but for the ghost. */
  readonly hi: number;
  readonly lo: number;
  /** The last question about a ghost, and the answer; no question if the answer is not for keeps. */
  from: Part<Ghost> | undefined = undefined;
  to: Part<Ghost> | undefined = undefined;
  refusal: Verdict = undefined;
  #actOfMany: Act<State, Message> | undefined;

  constructor(
    move: Move<State, Message, Ghost>,
    before: Network<Message>,
    network: Network<Message>,
    fresh: readonly PacketPart<Message>[],
    times: number,
  ) {
    this.move = move;
    this.network = network;
    this.fresh = fresh;
    this.times = times;
    this.hi = (move.after.hi - move.before.hi + network.hi - before.hi) | 0;
    this.lo = (move.after.lo - move.before.lo + network.lo - before.lo) | 0;
  }

  /** The step as a ghost is told of it. */
  act(): Act<State, Message> {
    const { move } = this;
    move.act ??= {
      host: move.before.place,
      action: move.action,
      before: move.before.value,
      packet: move.packet?.value,
      step: move.step,
    };
    if (this.times === 1) return move.act;
    this.#actOfMany ??= new ActOfMany(move.act);
    return this.#actOfMany;
  }

  settle(from: Part<Ghost> | undefined, to: Part<Ghost>, refusal: Verdict): void {
    this.from = from;
    this.to = to;
    this.refusal = refusal;
  }
}

/** What many transitions are; nobody can say which packet it took, and a ghost must not ask. */
class ActOfMany<State, Message> implements Act<State, Message> {
  readonly host: number;
  readonly action: string;
  readonly before: State;
  readonly step: Step<State, Message>;

  constructor({ host, action, before, step }: Act<State, Message>) {
    this.host = host;
    this.action = action;
    this.before = before;
    this.step = step;
  }

  get packet(): never {
    throw new Error(`the ghost asks which packet ${this.action} took: explore steps separately`);
  }
}

/** The transitions of one host in one network. */
export class Row<State, Message, Ghost> {
  /** Those that change a host or send something new. */
  readonly loud: Transition<State, Message, Ghost>[] = [];
  /** The others; those that can be told apart by nothing that is checked are one. */
  readonly silent: Transition<State, Message, Ghost>[] = [];
  /** The ghost that all the silent ones were last found to leave alone. */
  silentFor: Part<Ghost> | undefined = undefined;
  readonly #network: Network<Message>;
  readonly #networks: Networks<Message>;
  readonly #separate: boolean;

  constructor(network: Network<Message>, networks: Networks<Message>, separate: boolean) {
    this.#network = network;
    this.#networks = networks;
    this.#separate = separate;
  }

  addAll(moves: readonly Move<State, Message, Ghost>[]): void {
    for (const move of moves) this.add(move, 1);
  }

  add(move: Move<State, Message, Ghost>, times: number): void {
    const before = this.#network;
    const fresh = move.sends.filter((packet) => !before.has(packet));
    if (move.after !== move.before || fresh.length > 0) {
      const network = this.#networks.extend(before, fresh);
      this.loud.push(new Transition(move, before, network, fresh, times));
      return;
    }
    const alike = this.#separate ? -1 : this.silent.findIndex((t) => isAlike(t.move, move));
    const known = this.silent[alike];
    if (known === undefined) this.silent.push(new Transition(move, before, before, [], times));
    else {
      const first = order(known.move, move) < 0 ? known.move : move;
      this.silent[alike] = new Transition(first, before, before, [], known.times + times);
    }
  }

  /** Puts all in an order that does not depend on how the network came about, to be the same when asked again. */
  sort(): this {
    this.loud.sort((a, b) => order(a.move, b.move));
    this.silent.sort((a, b) => order(a.move, b.move));
    return this;
  }
}

/** By packet and then by action, so that the order does not depend on how a row came about. */
const order = <State, Message, Ghost>(
  a: Move<State, Message, Ghost>,
  b: Move<State, Message, Ghost>,
): number => (a.packet?.id ?? -1) - (b.packet?.id ?? -1) || a.kind - b.kind;

/** Whether two silent moves differ in nothing but the packet that they take, which no check depends on. */
const isAlike = <State, Message, Ghost>(
  a: Move<State, Message, Ghost>,
  b: Move<State, Message, Ghost>,
): boolean =>
  a.action === b.action
  && a.refusal === b.refusal
  && a.step.sends.length === b.step.sends.length
  && a.sends.every((packet, index) => packet === b.sends[index]);
