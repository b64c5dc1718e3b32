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
import type { Action, Protocol, Step } from './action.ts';

export interface System<State, Message> {
  readonly time: number;
  /** The hosts' states, in the order of the configuration. */
  readonly hosts: readonly State[];
  /** Every packet ever sent, by its key; it only grows. */
  readonly sent: ReadonlyMap<string, Packet<Message>>;
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
    }
  | { readonly type: 'restart'; readonly host: EndPoint }
  | { readonly type: 'send'; readonly packet: Packet<Message> }
  | { readonly type: 'advance'; readonly by: number };

/** The system that the hosts of a protocol make. */
export class DistributedSystem<State, Message> {
  readonly #protocol: Protocol<State, Message>;
  readonly #indexOf: ReadonlyMap<EndPoint, number>;

  constructor(protocol: Protocol<State, Message>) {
    this.#protocol = protocol;
    this.#indexOf = new Map(protocol.hosts.map((host, index) => [host, index]));
  }

  init(): System<State, Message> {
    const { hosts, init } = this.#protocol;
    return { time: 0, hosts: hosts.map((me) => init(me)), sent: new Map() };
  }

  keyOf(packet: Packet<Message>): string {
    return `${packet.src}>${packet.dst}:${this.#protocol.describe(packet.msg)}`;
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
          const event = { type: 'act', host, action } as const;
          if (this.next(s, event)) yield event;
          continue;
        }
        for (const packet of s.sent.values()) {
          const event = { type: 'act', host, action, packet } as const;
          if (packet.dst === host && this.next(s, event)) yield event;
        }
      }
      if (this.#protocol.restart) yield { type: 'restart', host };
    }
  }

  #act(
    s: System<State, Message>,
    { host, action, packet, now = s.time }: Event<State, Message> & { type: 'act' },
  ): System<State, Message> | undefined {
    if (action.takes === 'nothing') {
      return this.#move(s, host, (state) =>
        action.guard(state, now) ? undefined : action.step(state, now),
      );
    }
    if (packet?.dst !== host || !s.sent.has(this.keyOf(packet))) return undefined;
    return this.#move(s, host, (state) =>
      action.guard(state, packet, now) ? undefined : action.step(state, packet, now),
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
    const fresh = packets.filter((packet) => !s.sent.has(this.keyOf(packet)));
    if (fresh.length === 0) return s;
    return { ...s, sent: new Map([...s.sent, ...fresh.map((p) => [this.keyOf(p), p] as const)]) };
  }
}
