/**
 * # What is promised once the network works
 *
 * Safety is checked at every step. Progress can only be asked for under assumptions: from some time
 * on the network delivers in time, clocks run as they should, and hosts step when they are due.
 * Then a service may promise that something comes about within a bound.
 */
import { LivenessRefusal } from '../../refinement/framework/refusal.ts';
import type { Client } from './client.ts';

/** How things stand once the network works, when something is promised. */
export interface Healed {
  /** The places of the hosts that take part from now on; the others stay silent for ever. */
  readonly live: readonly number[];
  /** What each host's clock reads now. */
  readonly clocks: readonly number[];
  /** A packet takes at most so many milliseconds from now on. */
  readonly latency: number;
  /** A host that is due begins within so many milliseconds, and goes on until all is done. */
  readonly reaction: number;
}

/** One promise that is to be kept, and how far that has come. */
export interface Expectation<Said> {
  /** The promise, as a law. */
  readonly law: string;
  /** Within how many milliseconds of virtual time it must be kept, from when it is made. */
  readonly bound: number;
  /** Who joins for it. */
  readonly client?: Client<Said>;
  /** A host has taken an action. */
  observe(host: number, action: string): void;
  /** What has not come about yet, each in a few words; nothing when the promise is kept. */
  waitsFor(): readonly string[];
  /**
   * What is promised from then on, given how things stand then. Whoever has joined leaves before.
   */
  after?(healed: Healed): Expectation<Said>;
}

export interface Expect<Said> {
  /** How many hosts may stay silent. */
  readonly silent: number;
  begin(healed: Healed): Expectation<Said>;
}

/** That a promise is broken: it is not kept in time, or time stands still, as someone is busy. */
export function broken<Said>(
  expectation: Expectation<Said>,
  step: number,
  busyAt: number | undefined,
): LivenessRefusal {
  const { law, bound } = expectation;
  const names = expectation.waitsFor().join(', ');
  const failed =
    busyAt === undefined
      ? `${names} did not within ${bound} ms of virtual time`
      : `somebody is busy for ever at ${busyAt} ms, while ${names} waits`;
  const place = { host: names, step, action: 'wait' };
  return new LivenessRefusal(place, { failed: law, because: [{ failed }] });
}

/** Every host takes an action of this name. */
export function everyHostTakes(
  action: string,
  names: readonly string[],
  bound: (healed: Healed) => number,
): Expect<never> {
  return {
    silent: 0,
    begin: (healed) => {
      const waiting = new Set(healed.live);
      return {
        law: `once the network delivers, every host comes to ${action} in time`,
        bound: bound(healed),
        observe: (host, taken) => {
          if (taken === action) waiting.delete(host);
        },
        waitsFor: () => [...waiting].map((host) => names[host] ?? `host ${host}`),
      };
    },
  };
}
