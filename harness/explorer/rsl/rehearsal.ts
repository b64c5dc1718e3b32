/**
 * # What happens before an instance begins
 *
 * An instance need not begin at the very beginning. What leads to where it does begin is rehearsed
 * here: steps of the system, one after the other, each of which must be possible. So every instance
 * begins in a state that a real system may reach.
 */
import {
  DistributedSystem,
  type Event,
  type System,
} from '../../../protocol/framework/distributedSystem.ts';
import { choicesOf } from '../../../protocol/framework/steps.ts';
import type { SystemRefinement } from '../../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import type { Beginning } from '../ghostModel.ts';

export class Rehearsal<State, Message, Ghost, Spec> {
  readonly #refinement: SystemRefinement<State, Message, Ghost, Spec>;
  readonly #system: DistributedSystem<State, Message>;
  readonly #now: number;
  #s: System<State, Message>;

  /** All clocks read `now`. */
  constructor(refinement: SystemRefinement<State, Message, Ghost, Spec>, now: number) {
    this.#refinement = refinement;
    this.#system = new DistributedSystem(refinement.protocol);
    this.#now = now;
    this.#s = this.#system.init();
  }

  state(place: number): State {
    return this.#s.hosts[place] as State;
  }

  /** The packets sent so far. */
  get sent(): Packet<Message>[] {
    return [...this.#s.sent.values()];
  }

  /** Somebody who is no host sends a packet. */
  send(packet: Packet<Message>): void {
    this.#happen({ type: 'send', packet });
  }

  restart(place: number): void {
    this.#happen({ type: 'restart', host: this.#refinement.protocol.hosts[place] as string });
  }

  /** A host takes actions of its own accord. */
  act(place: number, ...names: readonly string[]): void {
    for (const name of names) this.#act(place, name, undefined);
  }

  /** A host takes an action on the packets sent to it that fit, one after the other. */
  receive(place: number, name: string, fits: (packet: Packet<Message>) => boolean): void {
    const host = this.#refinement.protocol.hosts[place];
    for (const packet of this.sent) {
      if (packet.dst === host && fits(packet)) this.#act(place, name, packet);
    }
  }

  /**
   * Where all this leads, if only the packets that fit may still arrive. The ghost has been told of
   * all packets, and of no step, so that laws look at everything.
   */
  end(arrives: (packet: Packet<Message>) => boolean): Beginning<State, Message, Ghost> {
    let ghost = this.#refinement.begin();
    for (const packet of this.sent) ghost = this.#refinement.hear(ghost, packet);
    return { states: this.#s.hosts, packets: this.sent.filter(arrives), ghost };
  }

  #act(place: number, name: string, packet: Packet<Message> | undefined): void {
    const { actions, hosts } = this.#refinement.protocol;
    const action = actions.find((other) => other.name === name);
    if (action === undefined) throw new Error(`there is no action ${name}`);
    const host = hosts[place] as string;
    const taken = packet === undefined ? {} : { packet };
    const [choice] = choicesOf(action, this.state(place), { packet, now: this.#now });
    this.#happen({ type: 'act', host, action, now: this.#now, choice, ...taken });
  }

  #happen(event: Event<State, Message>): void {
    const next = this.#system.next(this.#s, event);
    if (next === undefined) {
      const what = event.type === 'act' ? `${event.host} ${event.action.name}` : event.type;
      throw new Error(`the rehearsal fails: ${what} cannot happen`);
    }
    this.#s = next;
  }
}
