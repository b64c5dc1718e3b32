/**
 * # The distributed system
 *
 * Hosts of one kind and a network between them. The network remembers every packet ever sent and
 * may hand any of them to its destination at any time, in any order, any number of times. Loss,
 * delay, reordering and duplication need no steps of their own: they are deliveries that come
 * never, late, out of turn or twice. Whoever is not a host may send what it likes, but only under
 * its own name.
 *
 *     Next  ≜  ∨ ∃ h ∈ hosts, a ∈ actions : h takes a    (receiving only what has been sent)
 *              ∨ ∃ h ∈ hosts : h stops and starts again
 *              ∨ ∃ p : p.src ∉ hosts ∧ sent′ = sent ∪ {p}
 *              ∨ time′ > time
 *
 * Follows Common/Framework/DistributedSystem.s.dfy and Environment.s.dfy of IronFleet; departs from
 * them in that hosts may restart, where their protocol says what they keep.
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { fingerprint } from '../../spec/framework/fingerprint.ts';
import type { Action, Protocol, Step } from './action.ts';
import { SentPackets } from './sentPackets.ts';
import { choicesOf, guardOf, stepOf } from './steps.ts';

export interface System<State, Message> {
  readonly time: number;
  /** The hosts' states, in the order of the configuration. */
  readonly hosts: readonly State[];
  /** Every packet ever sent, by its key; it only grows. */
  readonly sent: SentPackets<Message>;
}

/** One step of the system. Whatever it leaves open is named here, so that a step is a function. */
export type Event<State, Message> =
  | {
      readonly type: 'act';
      readonly host: EndPoint;
      readonly action: Action<State, Message>;
      /** What is received, for an action that takes a packet. */
      readonly packet?: Packet<Message>;
      /** What the host's clock reads; without it, the system's time. Clocks may be wrong. */
      readonly now?: number;
      /** What is chosen, for an action that leaves something open. */
      readonly choice?: unknown;
    }
  | { readonly type: 'restart'; readonly host: EndPoint }
  | { readonly type: 'send'; readonly packet: Packet<Message> }
  | { readonly type: 'advance'; readonly by: number };

/** The system that the hosts of a protocol make. */
export class DistributedSystem<State, Message> {
  readonly #protocol: Protocol<State, Message>;
  readonly #indexOf: ReadonlyMap<EndPoint, number>;
  /** The keys found so far; packets are values, and the same one comes up again and again. */
  readonly #keys = new WeakMap<Packet<Message>, string>();

  constructor(protocol: Protocol<State, Message>) {
    this.#protocol = protocol;
    this.#indexOf = new Map(protocol.hosts.map((host, index) => [host, index]));
  }

  init(): System<State, Message> {
    const { hosts, init } = this.#protocol;
    return { time: 0, hosts: hosts.map((me) => init(me)), sent: SentPackets.none() };
  }

  /**
   * What a packet goes by: 64 bits of it. Two packets that differ have the same key with a chance
   * of one in 2⁶⁴; then they would be taken for one.
   */
  keyOf(packet: Packet<Message>): string {
    let key = this.#keys.get(packet);
    if (key === undefined) {
      const { hi, lo } = fingerprint(packet);
      key = `${hi.toString(36)} ${lo.toString(36)}`;
      this.#keys.set(packet, key);
    }
    return key;
  }

  /**
   * The state after an event, or nothing where the event cannot happen. Throws if a host sends
   * under another's name, for then the protocol is none.
   */
  next(
    s: System<State, Message>,
    event: Event<State, Message>,
  ): System<State, Message> | undefined {
    switch (event.type) {
      case 'act':
        return this.#act(s, event);
      case 'restart': {
        const { restart } = this.#protocol;
        return (
          restart && this.#move(s, event.host, (state) => ({ state: restart(state), sends: [] }))
        );
      }
      case 'send':
        return this.#indexOf.has(event.packet.src) ? undefined : this.#send(s, [event.packet]);
      case 'advance':
        return event.by > 0 ? { ...s, time: s.time + event.by } : undefined;
    }
  }

  /** Every step that some host can take in `s`; time stands still and strangers are silent. */
  *enabled(s: System<State, Message>): Iterable<Event<State, Message>> {
    for (const host of this.#protocol.hosts) {
      for (const action of this.#protocol.actions) {
        if (action.takes === 'nothing') {
          yield* this.#choose(s, { type: 'act', host, action });
          continue;
        }
        for (const packet of s.sent.values()) {
          if (packet.dst === host) yield* this.#choose(s, { type: 'act', host, action, packet });
        }
      }
      if (this.#protocol.restart) yield { type: 'restart', host };
    }
  }

  /** The event with each choice with which it can happen. */
  *#choose(
    s: System<State, Message>,
    event: Event<State, Message> & { type: 'act' },
  ): Iterable<Event<State, Message>> {
    const { action, host, packet } = event;
    const state = s.hosts[this.#indexOf.get(host) ?? -1] as State;
    for (const choice of choicesOf(action, state, { packet, now: s.time })) {
      const chosen = action.choices === undefined ? event : { ...event, choice };
      if (this.next(s, chosen)) yield chosen;
    }
  }

  #act(
    s: System<State, Message>,
    { host, action, packet, choice, now = s.time }: Event<State, Message> & { type: 'act' },
  ): System<State, Message> | undefined {
    const received = packet === undefined || s.sent.has(this.keyOf(packet));
    if (!received || (packet !== undefined && packet.dst !== host)) return undefined;
    const given = { packet, now };
    return this.#move(s, host, (state) =>
      guardOf(action, state, given, choice) ? undefined : stepOf(action, state, given, choice),
    );
  }

  /** One host moves; everything else in the system is the same object before and after. */
  #move(
    s: System<State, Message>,
    host: EndPoint,
    step: (state: State) => Step<State, Message> | undefined,
  ): System<State, Message> | undefined {
    const index = this.#indexOf.get(host);
    if (index === undefined) return undefined;
    const before = s.hosts[index] as State;
    const after = step(before);
    if (after === undefined) return undefined;
    const forged = after.sends.find(({ src }) => src !== host);
    if (forged) throw new Error(`${host} sends under the name of ${forged.src}`);
    const moved = after.state === before ? s : { ...s, hosts: s.hosts.with(index, after.state) };
    return this.#send(moved, after.sends);
  }

  #send(s: System<State, Message>, packets: readonly Packet<Message>[]): System<State, Message> {
    const sent = s.sent.add(packets.map((packet) => [this.keyOf(packet), packet]));
    return sent === s.sent ? s : { ...s, sent };
  }
}
