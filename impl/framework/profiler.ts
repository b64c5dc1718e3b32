/**
 * # How long actions take
 *
 * Measures the steps of a host, a line for each action: on average, with the interval that holds
 * the true average with 95 % certainty, and in sum, all in microseconds. The first steps are left
 * out, for then the program is still being compiled.
 *
 * Follows Profiler.cs of IronFleet and its lines; departs from it in that the names are those of
 * the protocol's actions, and in that the lines are printed at the end, too.
 */
import type { Host, Io, Wake } from './io.ts';

/** How many measurements are left out at the beginning, and after how many it prints. */
const IGNORED = 10_000;
const PERIOD = 1_000_000;

/** What is known of one action. Sums are of microseconds and of their squares. */
class Aggregate {
  count = 0;
  sum = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    this.#squares += value * value;
  }

  describe(name: string): string {
    const { count, sum } = this;
    if (count === 1) return `Aggregate ${name}: ${sum}`;
    const variance = Math.max((this.#squares - (sum * sum) / count) / (count - 1), 0);
    const stdev = Math.sqrt(variance);
    const conf95 = (studentT975(count - 1) * stdev) / Math.sqrt(count);
    return (
      `Aggregate ${name}: avg_usec ${sum / count} conf95plusorminus ${conf95} stdev ${stdev} `
      + `count ${count} sum ${sum}`
    );
  }
}

export class Profiler {
  readonly #print: (line: string) => void;
  readonly #ignored: number;
  readonly #period: number;
  readonly #aggregates = new Map<string, Aggregate>();
  #count = 0;

  constructor(print: (line: string) => void, { ignored = IGNORED, period = PERIOD } = {}) {
    this.#print = print;
    this.#ignored = ignored;
    this.#period = period;
  }

  /** Notes that something took so many microseconds. */
  record(name: string, microseconds: number): void {
    this.#count++;
    if (this.#count > this.#ignored) {
      const known = this.#aggregates.get(name);
      const aggregate = known ?? new Aggregate();
      if (known === undefined) this.#aggregates.set(name, aggregate);
      aggregate.add(microseconds);
    }
    if (this.#count % this.#period === 0) this.print();
  }

  print(): void {
    this.#print('Profiler statistics');
    for (const [name, aggregate] of this.#aggregates) this.#print(aggregate.describe(name));
  }
}

/** The same host, but its steps are measured. */
export class ProfiledHost implements Host {
  readonly #host: Host;
  readonly #profiler: Profiler;

  constructor(host: Host, profiler: Profiler) {
    this.#host = host;
    this.#profiler = profiler;
  }

  step(io: Io, wake: Wake): string {
    const began = performance.now();
    const action = this.#host.step(io, wake);
    this.#profiler.record(action, 1_000 * (performance.now() - began));
    return action;
  }

  nextDeadline(): number {
    return this.#host.nextDeadline();
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#host.counters ?? {};
  }

  snapshot(): unknown {
    return this.#host.snapshot();
  }
}

/** For 97.5 %, what the normal distribution has where Student's has no end of degrees. */
const Z = 1.959963984540054;

/** The first of them, as tables have them: the series below is right only after these. */
const FIRST = [12.7062, 4.30265, 3.18245, 2.77645, 2.57058];

/**
 * The point below which 97.5 % of Student's t distribution lie, for so many degrees of freedom, by
 * Abramowitz and Stegun 26.7.5.
 */
export function studentT975(degrees: number): number {
  const first = FIRST[degrees - 1];
  if (first !== undefined) return first;
  const [z3, z5, z7] = [Z ** 3, Z ** 5, Z ** 7];
  return (
    Z
    + (z3 + Z) / (4 * degrees)
    + (5 * z5 + 16 * z3 + 3 * Z) / (96 * degrees ** 2)
    + (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * degrees ** 3)
  );
}
