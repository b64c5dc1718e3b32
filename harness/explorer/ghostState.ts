/**
 * # States of a system with a ghost, as the explorer holds them
 *
 * A state is made of parts that are kept once. Its fingerprint is the sum of theirs, and under a
 * symmetry the least of the fingerprints of all its images; so a state and its images are one.
 */
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
import type { HostPart } from './hostSteps.ts';
import type { SentSet } from './sentSets.ts';

/** A state of the system, made of parts that it shares with other states. */
export class GhostState<State, Message, Ghost> implements Fingerprint {
  readonly hosts: readonly HostPart<State, Message>[];
  readonly sent: SentSet<Message, Ghost>;
  /** How many times hosts may still start again. */
  readonly restarts: number;
  readonly hi: number;
  readonly lo: number;

  constructor(
    hosts: readonly HostPart<State, Message>[],
    sent: SentSet<Message, Ghost>,
    restarts: number,
  ) {
    this.hosts = hosts;
    this.sent = sent;
    this.restarts = restarts;
    const { images } = sent;
    let least = 0;
    let leastLow = 0;
    for (let at = 0; at < images.length; at += 2) {
      const hi = this.#half(at);
      const lo = this.#half(at + 1);
      if (at === 0 || hi < least || (hi === least && lo < leastLow)) {
        least = hi;
        leastLow = lo;
      }
    }
    this.hi = (least + Math.imul(restarts, 0x9e3779b9)) | 0;
    this.lo = (leastLow + Math.imul(restarts, 0x85ebca6b)) | 0;
  }

  /** The hosts' states, in the order of the configuration. */
  states(): State[] {
    return this.hosts.map(({ value }) => value);
  }

  /** How many different images it has, itself among them. */
  images(): number {
    const halves = Array.from(this.sent.images, (_, at) => this.#half(at));
    let different = 0;
    for (let at = 0; at < halves.length; at += 2) {
      let other = 0;
      while (halves[other] !== halves[at] || halves[other + 1] !== halves[at + 1]) other += 2;
      if (other === at) different++;
    }
    return different;
  }

  /** Half of the fingerprint of an image: the sum of those of its parts. */
  #half(at: number): number {
    let half = this.sent.images[at] as number;
    for (const host of this.hosts) half += host.images[at] as number;
    return half | 0;
  }
}
