/**
 * # All laws by their numbers, asked of a scene
 *
 * A campaign asks a law only where it could have become untrue. Here every law is asked of all that
 * it is about: every packet, every host, the whole. What goes by one number is one law, wherever it
 * is asked.
 */
import type { Laws } from '../../refinement/framework/laws.ts';
import type { SystemRefinement, Whole } from '../../refinement/framework/systemRefinement.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { forAll, type Refusal, type Verdict } from '../../spec/framework/verdict.ts';
import type { Scene } from './scene.ts';

/** Each step of the system is one of the specification, or a stutter. */
export const B3 = 'B3';
/** Nothing on the network contradicts the specification. */
export const B4 = 'B4';

/** A scene and what the checker makes of the packets in it. */
export interface View<State, Message, Ghost> extends Scene<State, Message> {
  readonly ghost: Ghost;
}

type Check<State, Message, Ghost> = (
  whole: Whole<State, Ghost>,
  sent: readonly Packet<Message>[],
) => Verdict;

/** A law that is broken, and why. */
export interface Broken {
  readonly law: string;
  readonly refusal: Refusal;
}

export class NumberedLaws<State, Message, Ghost, Spec> {
  readonly #checks = new Map<string, Check<State, Message, Ghost>[]>();
  readonly #steps: Laws<[before: State, after: State]>;

  constructor(refinement: SystemRefinement<State, Message, Ghost, Spec>) {
    const { correspondence, packetInvariants, hostInvariants } = refinement;
    const { systemInvariants, sampledInvariants } = refinement;
    for (const [number, law] of Object.entries(packetInvariants)) {
      this.#add(number, (whole, sent) => forAll(sent, (packet) => law(packet, whole)));
    }
    for (const [number, law] of Object.entries(hostInvariants)) {
      this.#add(number, (whole) =>
        forAll(whole.states.keys(), (host) => law(whole.states[host] as State, whole, host)),
      );
    }
    for (const laws of [systemInvariants, sampledInvariants]) {
      for (const [number, law] of Object.entries(laws)) this.#add(number, (whole) => law(whole));
    }
    this.#add(B4, ({ ghost }, sent) => forAll(sent, (packet) => correspondence(packet, ghost)));
    this.#steps = refinement.stepInvariants;
    for (const number of Object.keys(this.#steps)) {
      if (!this.#checks.has(number)) this.#checks.set(number, []);
    }
  }

  #add(number: string, check: Check<State, Message, Ghost>): void {
    const checks = this.#checks.get(number);
    if (checks === undefined) this.#checks.set(number, [check]);
    else checks.push(check);
  }

  /** Every number, in order. */
  get numbers(): readonly string[] {
    return [...this.#checks.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  }

  /** Why one law does not hold. */
  why(law: string, { hosts, sent, ghost }: View<State, Message, Ghost>): Verdict {
    const whole = { states: hosts, ghost };
    return forAll(this.#checks.get(law) ?? [], (check) => check(whole, sent));
  }

  /** The first of some laws that does not hold. */
  broken(laws: Iterable<string>, view: View<State, Message, Ghost>): Broken | undefined {
    for (const law of laws) {
      const refusal = this.why(law, view);
      if (refusal !== undefined) return { law, refusal };
    }
    return undefined;
  }

  /** How many of some laws do not hold; of more than `most` it is only told that they are more. */
  countBroken(laws: Iterable<string>, view: View<State, Message, Ghost>, most: number): number {
    let count = 0;
    for (const law of laws) {
      if (this.why(law, view) !== undefined && ++count > most) break;
    }
    return count;
  }

  /** The first of some laws of steps that does not hold of a host's step. */
  brokenByStep(laws: Iterable<string>, before: State, after: State): Broken | undefined {
    for (const law of laws) {
      const refusal = this.#steps[law]?.(before, after);
      if (refusal !== undefined) return { law, refusal };
    }
    return undefined;
  }
}
