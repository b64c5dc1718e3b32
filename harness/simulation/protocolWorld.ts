/**
 * # A protocol under watch
 *
 * The hosts of a protocol, each no more than its state, and the monitor that checks what the system
 * does. A host that is given a packet takes an action that may receive it; a host that is woken
 * takes one of its own; where there are several, or something is chosen in an action, chance
 * decides. A host that has taken a step, or has been given something to think about, wants to be
 * woken at once, until there is nothing more that it may do; then, when time makes a difference.
 */
import type { Step } from '../../protocol/framework/action.ts';
import { stepOf } from '../../protocol/framework/steps.ts';
import type { Seen } from '../../refinement/framework/monitor.ts';
import { SystemRefusal } from '../../refinement/framework/refusal.ts';
import { SystemMonitor } from '../../refinement/framework/systemMonitor.ts';
import { RESTART } from '../../refinement/framework/systemRefinement.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { fromJson, toJson, UnreadableError } from './plain.ts';
import { type Picked, ProtocolMoves } from './protocolMoves.ts';
import type { SimulatedProtocol, Watcher } from './protocolService.ts';
import type { Random } from './random.ts';
import { SentCounts } from './sentCounts.ts';
import { STRANGERS } from './strangers.ts';
import type { Lie, Listener, Move, Parcel, World } from './world.ts';

const NOTHING: readonly never[] = [];
/** How often, where chance decides, a packet does not wait for what is more urgent. */
const BRUSQUE = 0.3;

export class ProtocolWorld<State, Message, Ghost, Spec> implements World<Message> {
  readonly monitor: SystemMonitor<State, Message, Ghost, Spec>;
  readonly names: readonly EndPoint[];
  readonly strangers = STRANGERS;
  readonly testimony = undefined;
  readonly seen: Seen;
  readonly restart: ((host: number) => void) | undefined;
  lastAction = '';
  left = false;
  listener: Listener<Message, Parcel<Message>> | undefined;
  readonly #service: SimulatedProtocol<State, Message, Ghost, Spec>;
  readonly #watcher: Watcher<State, Message, Ghost>;
  readonly #moves: ProtocolMoves<State, Message>;
  readonly #sent = new SentCounts();
  /** What each host's clock read when it could do nothing; nothing if perhaps it can do something. */
  readonly #idleAt: (number | undefined)[];

  constructor(service: SimulatedProtocol<State, Message, Ghost, Spec>) {
    const { protocol } = service.refinement;
    this.#service = service;
    this.names = protocol.hosts;
    this.monitor = new SystemMonitor(service.refinement);
    this.seen = Object.assign(this.monitor.seen, { messages: 0 });
    this.#watcher = service.watch();
    this.#moves = new ProtocolMoves(protocol);
    this.#idleAt = this.names.map(() => undefined);
    this.restart = protocol.restart && ((host) => this.#restart(host));
  }

  step(
    host: number,
    parcel: Parcel<Message> | undefined,
    clock: number,
    chance: Random | undefined,
  ): readonly Parcel<Message>[] | undefined {
    const first = parcel && this.#pickUrgent(host, clock, chance);
    this.left = first !== undefined;
    if (first !== undefined) return this.#take(host, first, undefined, clock);
    const picked = this.#pick(host, parcel, clock, chance);
    if (picked !== undefined) return this.#take(host, picked, parcel, clock);
    if (parcel === undefined) this.#idleAt[host] = clock;
    return undefined;
  }

  again(
    host: number,
    parcel: Parcel<Message> | undefined,
    clock: number,
    move: Move | undefined,
  ): readonly Parcel<Message>[] | undefined {
    const picked = move && this.#find(host, parcel, clock, move);
    return picked && this.#take(host, picked, parcel, clock);
  }

  deadline(host: number, clock: number): number {
    const idleAt = this.#idleAt[host];
    if (idleAt === undefined || clock < idleAt) return Number.NEGATIVE_INFINITY;
    return this.#service.nextDeadline(this.#stateOf(host), idleAt);
  }

  checkAll(): void {
    this.monitor.checkAll();
  }

  send(src: EndPoint, dst: EndPoint, msg: Message): Parcel<Message> {
    return this.#hear(src, dst, msg, undefined);
  }

  repeat(src: EndPoint, dst: EndPoint, heard: Parcel<Message>): Parcel<Message> {
    return this.#hear(src, dst, heard.msg, heard);
  }

  lie(random: Random, heard: readonly Parcel<Message>[]): Lie<Message> {
    const messages = heard.map(({ msg }) => msg);
    return { msg: this.#service.lie(random, messages), fault: 'a stranger lied' };
  }

  sentSoFar(src: EndPoint, dst: EndPoint): number {
    return this.#sent.soFar(src, dst);
  }

  describe(msg: Message): string {
    return this.#service.refinement.protocol.describe(msg);
  }

  showSpec(): string {
    return this.#service.showSpec(this.monitor.spec);
  }

  write(msg: Message): unknown {
    return toJson(msg);
  }

  read(json: unknown): Message {
    const said = fromJson(json);
    if (this.#service.isMessage(said)) return said;
    throw new UnreadableError(`${JSON.stringify(json)} is no message of ${this.#service.name}`);
  }

  /** What has happened at some time so far. */
  sometimes(): Readonly<Record<string, boolean>> {
    return this.#watcher.sometimes();
  }

  /** How often each action was looked at and not allowed. */
  refused(): Readonly<Record<string, number>> {
    return this.#moves.refused();
  }

  /** For each action how often each clause of its guard was the one that did not allow it. */
  clauses(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return this.#moves.clauses();
  }

  #stateOf(host: number): State {
    return this.monitor.states[host] as State;
  }

  #pick(
    host: number,
    parcel: Parcel<Message> | undefined,
    clock: number,
    chance: Random | undefined,
  ): Picked<State, Message> | undefined {
    const moves = this.#moves;
    const slots =
      parcel === undefined ? moves.local : moves.named(this.#service.receivers(parcel.msg));
    try {
      return moves.pick(slots, host, this.#stateOf(host), parcel, clock, chance);
    } catch (error) {
      throw this.#broken(host, 'looks at what it may do', error);
    }
  }

  /** What is more urgent than a packet; where chance decides, that is not always heeded. */
  #pickUrgent(
    host: number,
    clock: number,
    chance: Random | undefined,
  ): Picked<State, Message> | undefined {
    const state = this.#stateOf(host);
    // Whoever has just left a packet takes the next one, whatever comes first.
    const urgent = this.left ? undefined : this.#service.urgent?.(state);
    if (urgent === undefined || chance?.happens(BRUSQUE)) return undefined;
    const moves = this.#moves;
    try {
      return moves.pick(moves.named(urgent), host, state, undefined, clock, chance);
    } catch (error) {
      throw this.#broken(host, 'looks at what it may do', error);
    }
  }

  #find(
    host: number,
    parcel: Parcel<Message> | undefined,
    clock: number,
    { action, choice }: Move,
  ): Picked<State, Message> | undefined {
    try {
      return this.#moves.find(action, this.#stateOf(host), parcel, clock, choice);
    } catch (error) {
      throw this.#broken(host, action, error);
    }
  }

  #stepOf(
    host: number,
    { action, choice }: Picked<State, Message>,
    packet: Parcel<Message> | undefined,
    now: number,
  ): Step<State, Message> {
    try {
      return stepOf(action, this.#stateOf(host), { packet, now }, choice);
    } catch (error) {
      throw this.#broken(host, action.name, error);
    }
  }

  #take(
    host: number,
    picked: Picked<State, Message>,
    parcel: Parcel<Message> | undefined,
    clock: number,
  ): readonly Parcel<Message>[] {
    const { monitor, listener } = this;
    const { action, choice } = picked;
    const { name } = action;
    this.lastAction = name;
    if (listener !== undefined) {
      const move: Move = action.choices === undefined ? { action: name } : { action: name, choice };
      listener.event({ type: 'step', host, parcel, clock, move });
    }
    const before = this.#stateOf(host);
    const step = this.#stepOf(host, picked, parcel, clock);
    const { sends } = step;
    listener?.told({ host, action: name, clock, received: parcel, sent: sends, detail: choice });
    monitor.act(host, name, parcel, step, action.readsClock ? clock : undefined);
    this.#watcher.step({ host, action: name, before, packet: parcel, step }, monitor.ghost);
    listener?.passed();
    if (step.state !== before) this.#idleAt[host] = undefined;
    return sends.length === 0 ? NOTHING : this.#parcels(sends);
  }

  #parcels(sends: readonly Packet<Message>[]): readonly Parcel<Message>[] {
    const parcels: Parcel<Message>[] = [];
    for (const { src, dst, msg } of sends) {
      parcels.push({ src, dst, msg, index: this.#sent.next(src, dst) });
    }
    return parcels;
  }

  #restart(host: number): void {
    this.listener?.event({ type: 'restart', host });
    const told = { host, action: RESTART, clock: undefined, received: undefined, sent: NOTHING };
    this.listener?.told({ ...told, detail: undefined });
    const before = this.#stateOf(host);
    this.monitor.restart(host);
    const step = { state: this.#stateOf(host), sends: NOTHING };
    const act = { host, action: RESTART, before, packet: undefined, step };
    this.#watcher.step(act, this.monitor.ghost);
    this.listener?.passed();
    this.#idleAt[host] = undefined;
  }

  #hear(
    src: EndPoint,
    dst: EndPoint,
    msg: Message,
    repeats: Parcel<Message> | undefined,
  ): Parcel<Message> {
    const parcel = { src, dst, msg, index: this.#sent.next(src, dst) };
    this.listener?.event({ type: 'send', parcel, repeats });
    this.monitor.hear(parcel);
    this.listener?.passed();
    return parcel;
  }

  /** A protocol that throws is no protocol. */
  #broken(host: number, action: string, error: unknown): SystemRefusal {
    const place = { host: this.names[host] as string, step: this.seen.steps, action };
    const because = [{ failed: String(error) }];
    return new SystemRefusal(place, { failed: 'a step ends without an exception', because });
  }
}
