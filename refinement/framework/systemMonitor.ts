/**
 * # The monitor of a system
 *
 * Follows one behaviour of a protocol's hosts, step by step, and checks that each step of the
 * system is a step of the specification or a stutter (B3), that nothing on the network contradicts
 * it (B4), and that every law holds. It keeps the state of each host, the packets sent so far, the
 * ghost, and the state of the specification that all of this stands for. It takes a step for one
 * that the protocol allows: whoever shows it the step has seen to that.
 *
 * What a step leaves alone is not looked at again: a packet is looked at when it is first sent, and
 * the hosts that did not move only when the specification did. All that a step sends is in the
 * network, and the ghost knows of it, before any law is asked.
 *
 * The first thing that does not fit is thrown as a BoundaryRefusal; after that the monitor
 * is of no further use.
 */
import type { Step } from '../../protocol/framework/action.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { clause, type Refusal, type Verdict } from '../../spec/framework/verdict.ts';
import { firstBroken, type LawList, lawList } from './laws.ts';
import { PacketKeys } from './packetKeys.ts';
import { PacketSet } from './packetSet.ts';
import type { Place } from './refusal.ts';
import { PacketRefusal, SystemRefusal } from './refusal.ts';
import { type Act, RESTART, type SystemRefinement, type Whole } from './systemRefinement.ts';

/** What a monitor has seen so far of a system. */
export interface SystemSeen {
  /** Steps of hosts, and how many of them were steps of the specification. */
  steps: number;
  specSteps: number;
  /** Different packets that were sent. */
  packets: number;
  /** How often each action was taken, restarts among them where hosts may start again. */
  readonly actions: Record<string, number>;
}

/** Of so many steps, the laws that take long are asked after one. */
const SAMPLE_EVERY = 64;

const NOTHING: readonly never[] = [];

export class SystemMonitor<State, Message, Ghost, Spec> {
  readonly seen: SystemSeen;
  readonly #refinement: SystemRefinement<State, Message, Ghost, Spec>;
  readonly #sampleEvery: number;
  readonly #indexOf: ReadonlyMap<EndPoint, number>;
  readonly #states: State[];
  readonly #whole: { readonly states: readonly State[]; ghost: Ghost };
  readonly #keys = new PacketKeys();
  readonly #sent = new PacketSet();
  #spec: Spec;
  /** Who is doing what, for refusals. */
  #actor = 'the system';
  #action = 'begins';
  readonly #packetLaws: LawList<[packet: Packet<Message>, whole: Whole<State, Ghost>]>;
  readonly #hostLaws: LawList<[state: State, whole: Whole<State, Ghost>, host: number]>;
  readonly #stepLaws: LawList<[before: State, after: State]>;
  readonly #systemLaws: LawList<[whole: Whole<State, Ghost>]>;
  readonly #sampledLaws: LawList<[whole: Whole<State, Ghost>]>;

  /** Throws a RangeError unless `sampleEvery` is at least one. */
  constructor(
    refinement: SystemRefinement<State, Message, Ghost, Spec>,
    sampleEvery = SAMPLE_EVERY,
  ) {
    if (!(sampleEvery >= 1)) throw new RangeError(`a sample of every ${sampleEvery} steps`);
    const { protocol } = refinement;
    this.#refinement = refinement;
    this.#sampleEvery = sampleEvery;
    this.#indexOf = new Map(protocol.hosts.map((host, index) => [host, index]));
    this.#states = protocol.hosts.map((host) => protocol.init(host));
    this.#whole = { states: this.#states, ghost: refinement.begin() };
    this.#spec = refinement.spec(this.#whole.ghost);
    this.#packetLaws = lawList(refinement.packetInvariants);
    this.#hostLaws = lawList(refinement.hostInvariants);
    this.#stepLaws = lawList(refinement.stepInvariants);
    this.#systemLaws = lawList(refinement.systemInvariants);
    this.#sampledLaws = lawList(refinement.sampledInvariants);
    const names = protocol.actions.map(({ name }) => name);
    if (protocol.restart) names.push(RESTART);
    const actions = Object.fromEntries(names.map((name) => [name, 0]));
    this.seen = { steps: 0, specSteps: 0, packets: 0, actions };
    this.#uphold(refinement.init(this.#spec));
    this.#checkHosts();
    this.#checkSystem(this.#systemLaws);
  }

  get states(): readonly State[] {
    return this.#states;
  }

  get ghost(): Ghost {
    return this.#whole.ghost;
  }

  get spec(): Spec {
    return this.#spec;
  }

  /**
   * A host takes an action, with the packet that it received and what its clock read, if the action
   * receives one and reads it. Throws a RangeError if there is no such host.
   */
  act(
    host: number,
    action: string,
    packet: Packet<Message> | undefined,
    step: Step<State, Message>,
    now?: number,
  ): void {
    const before = this.#begin(host, action);
    if (packet !== undefined) this.#checkReceived(packet);
    this.#take({ host, action, before, packet, now, step });
  }

  /**
   * A host stops and starts again, with what its protocol lets it keep. Throws a RangeError if
   * there is no such host, or if its protocol does not allow it.
   */
  restart(host: number): void {
    const { restart } = this.#refinement.protocol;
    if (restart === undefined) throw new RangeError('hosts of this protocol do not start again');
    const before = this.#begin(host, RESTART);
    const step = { state: restart(before), sends: NOTHING };
    this.#take({ host, action: RESTART, before, packet: undefined, step });
  }

  /** Someone who is not a host has sent a packet. */
  hear(packet: Packet<Message>): void {
    this.#actor = packet.src;
    this.#action = 'sends';
    this.#require(clause('nobody sends under the name of a host', !this.#indexOf.has(packet.src)));
    if (!this.#sent.add(this.#keys.of(packet))) return;
    this.seen.packets++;
    this.#whole.ghost = this.#refinement.hear(this.#whole.ghost, packet);
    if (this.#follow()) {
      this.#checkHosts();
      this.#checkSystem(this.#systemLaws);
    }
    this.#checkPacket(packet);
  }

  /** Asks every law that speaks of hosts or of the whole, those that take long among them. */
  checkAll(): void {
    this.#actor = 'the system';
    this.#action = 'is checked';
    this.#checkHosts();
    this.#checkSystem(this.#systemLaws);
    this.#checkSystem(this.#sampledLaws);
  }

  /** The state of the host that is about to act. */
  #begin(host: number, action: string): State {
    const name = this.#refinement.protocol.hosts[host];
    if (name === undefined) throw new RangeError(`there is no host ${host}`);
    this.#actor = name;
    this.#action = action;
    return this.#states[host] as State;
  }

  /** Packets may come late, twice, out of turn or never, but not from nowhere. */
  #checkReceived(packet: Packet<Message>): void {
    if (packet.dst === this.#actor && this.#sent.has(this.#keys.of(packet))) return;
    this.#require(
      packet.dst === this.#actor
        ? { failed: 'a packet is received only after it was sent', because: [this.#named(packet)] }
        : { failed: 'a packet comes to whom it was sent', because: [this.#named(packet)] },
    );
  }

  #take(act: Act<State, Message>): void {
    const { host, action, before, step } = act;
    const fresh = this.#send(step.sends);
    const whole = this.#whole;
    const ghost = this.#refinement.act(whole.ghost, act);
    const stays = step.state === before && ghost === whole.ghost && fresh.length === 0;
    whole.ghost = ghost;
    const moved = this.#follow();
    this.#states[host] = step.state;
    if (step.state !== before && action !== RESTART) {
      this.#uphold(firstBroken(this.#stepLaws, before, step.state));
    }
    if (moved) this.#checkHosts();
    else if (!stays) this.#checkHost(host);
    if (moved || !stays) this.#checkSystem(this.#systemLaws);
    for (const packet of fresh) this.#checkPacket(packet);
    const { seen } = this;
    if ((seen.steps + 1) % this.#sampleEvery === 0) this.#checkSystem(this.#sampledLaws);
    seen.steps++;
    seen.actions[action] = (seen.actions[action] ?? 0) + 1;
  }

  /** Packets of the host that acts enter the network; gives those that were not in it yet. */
  #send(packets: readonly Packet<Message>[]): readonly Packet<Message>[] {
    let fresh: Packet<Message>[] | undefined;
    for (const packet of packets) {
      if (packet.src !== this.#actor) {
        const law = 'a host sends under its own name';
        this.#require({ failed: law, because: [this.#named(packet)] });
      }
      if (!this.#sent.add(this.#keys.of(packet))) continue;
      if (fresh === undefined) fresh = [packet];
      else fresh.push(packet);
    }
    if (fresh === undefined) return NOTHING;
    this.seen.packets += fresh.length;
    return fresh;
  }

  /** B3: the specification goes where the ghost says, and may; tells whether it went anywhere. */
  #follow(): boolean {
    const spec = this.#refinement.spec(this.#whole.ghost);
    if (spec === this.#spec) return false;
    const refusal = this.#refinement.next(this.#spec, spec);
    if (refusal !== undefined) {
      this.#uphold({ failed: 'the step is one of the specification', because: [refusal] });
    }
    this.seen.specSteps++;
    this.#spec = spec;
    return true;
  }

  #checkHosts(): void {
    for (let host = 0; host < this.#states.length; host++) this.#checkHost(host);
  }

  #checkHost(host: number): void {
    const broken = firstBroken(this.#hostLaws, this.#states[host] as State, this.#whole, host);
    if (broken !== undefined) this.#uphold(broken, this.#refinement.protocol.hosts[host]);
  }

  #checkSystem(laws: LawList<[whole: Whole<State, Ghost>]>): void {
    this.#uphold(firstBroken(laws, this.#whole));
  }

  /** B4, and the laws of packets, of a packet that has just entered the network. */
  #checkPacket(packet: Packet<Message>): void {
    const refusal = this.#refinement.correspondence(packet, this.#whole.ghost);
    if (refusal !== undefined) this.#require(refusal, this.#named(packet).failed);
    const broken = firstBroken(this.#packetLaws, packet, this.#whole);
    if (broken !== undefined) this.#uphold(broken, this.#named(packet).failed);
  }

  /** B3 refuses, if there is a reason. */
  #uphold(refusal: Verdict, about?: string): void {
    if (refusal !== undefined) throw new SystemRefusal(this.#place(about), refusal);
  }

  /** B4 refuses, if there is a reason. */
  #require(refusal: Verdict, about?: string): void {
    if (refusal !== undefined) throw new PacketRefusal(this.#place(about), refusal);
  }

  #place(about?: string): Place {
    const place = { host: this.#actor, step: this.seen.steps, action: this.#action };
    return about === undefined ? place : { ...place, about };
  }

  #named({ src, dst, msg }: Packet<Message>): Refusal {
    return { failed: `${src}>${dst}:${this.#refinement.protocol.describe(msg)}` };
  }
}
