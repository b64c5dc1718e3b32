import { describe, expect, test } from 'vitest';
import {
  type Listener,
  protocolOf,
  SHAPES,
  type Shape,
  type ShtProtocol,
  ShtWalk,
  walk,
} from '../../harness/testing/shtBehaviours.ts';
import { RIGHT, WRONG } from '../../harness/testing/shtVariants.ts';
import type { Step } from '../../protocol/framework/action.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Message } from '../../protocol/sht/messages.ts';
import { difference } from '../../spec/framework/difference.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import { type Executed, next, type State } from '../../spec/sht/service.ts';
import { firstBroken, lawList } from '../framework/laws.ts';
import { PacketKeys } from '../framework/packetKeys.ts';
import { PacketSet } from '../framework/packetSet.ts';
import { BoundaryRefusal } from '../framework/refusal.ts';
import { SystemMonitor } from '../framework/systemMonitor.ts';
import { type Ghost, rowOf } from './ghost.ts';
import { stepInvariants } from './invariants.ts';
import { shtSystem } from './service.ts';
import { abstractMoment, corresponds, type Moment } from './textbook.ts';
import { brokenLaws } from './textbookLaws.ts';

const STEP_LAWS = lawList(stepInvariants);

const systemOf = (protocol: ShtProtocol, { configuration, parameters }: Shape) => ({
  ...shtSystem(configuration, parameters),
  protocol,
});

/** A monitor that follows a behaviour, and the book, which judges moments of it by itself. */
class Both implements Listener {
  readonly monitor: SystemMonitor<Host, Message, Ghost, State>;
  /** What the monitor has refused; it is told of nothing after that. */
  refusal: BoundaryRefusal | undefined;
  /** Of so many moments the book is asked about one, and about the last two where they are wrong. */
  readonly #every: number;
  readonly #setting: Shape;
  readonly #packets: Packet<Message>[] = [];
  readonly #executed: Executed[] = [];
  readonly #sent = new PacketSet();
  readonly #keys = new PacketKeys();
  readonly #hosts: Host[];
  #before: Moment;
  #moments = 0;

  constructor(protocol: ShtProtocol, shape: Shape, every: number) {
    this.#every = every;
    this.#setting = shape;
    this.monitor = new SystemMonitor(systemOf(protocol, shape), every);
    this.#hosts = [...this.monitor.states];
    this.#before = this.#now();
    expect(brokenLaws(this.#before)).toEqual([]);
  }

  act(
    host: number,
    action: string,
    packet: Packet<Message> | undefined,
    step: Step<Host, Message>,
  ): void {
    this.#tell(() => this.monitor.act(host, action, packet, step));
    const before = this.#hosts[host] as Host;
    const row = rowOf({ host, action, before, packet, step });
    if (row !== undefined) this.#executed.push(row);
    this.#hosts[host] = step.state;
    this.#compare(step.sends, firstBroken(STEP_LAWS, before, step.state)?.failed);
  }

  hear(packet: Packet<Message>): void {
    this.#tell(() => this.monitor.hear(packet));
    this.#compare([packet], undefined);
  }

  #tell(happened: () => void): void {
    try {
      happened();
    } catch (refusal) {
      if (!(refusal instanceof BoundaryRefusal)) throw refusal;
      this.refusal = refusal;
    }
  }

  #now(): Moment {
    return {
      setting: this.#setting,
      packets: [...this.#packets],
      hosts: [...this.#hosts],
      executed: [...this.#executed],
    };
  }

  /** The monitor goes on just as long as the book has no objection, and its own is one of these. */
  #compare(sends: readonly Packet<Message>[], brokenStep: string | undefined): void {
    for (const sent of sends) {
      if (this.#sent.add(this.#keys.of(sent))) this.#packets.push(sent);
    }
    const [before, now] = [this.#before, this.#now()];
    this.#before = now;
    if (this.refusal !== undefined) {
      expect(objections(before)).toEqual([]);
      const found = [...objections(now, before), ...(brokenStep === undefined ? [] : [brokenStep])];
      expect(found).toContain(this.refusal.refusal.failed);
    } else {
      expect(brokenStep).toBeUndefined();
      if (++this.#moments % this.#every !== 0) return;
      expect(objections(now, before)).toEqual([]);
      expect(difference(abstractMoment(now), this.monitor.spec)).toBeUndefined();
    }
  }
}

/** The laws that are broken at a moment, or by the step that leads to it. */
function objections(now: Moment, before?: Moment): readonly string[] {
  const spec = abstractMoment(now);
  const old = before === undefined ? spec : abstractMoment(before);
  const step = equal(old, spec) ? undefined : next(old, spec);
  const correspondence = corresponds(now, spec);
  return [
    ...(step === undefined ? [] : ['the step is one of the specification']),
    ...(correspondence === undefined ? [] : [correspondence.failed]),
    ...brokenLaws(now),
  ];
}

const EVENTS = 400;

/** Whether a monitor alone refuses a behaviour. */
function isRefused(protocol: ShtProtocol, shape: Shape, seed: number): boolean {
  try {
    walk(protocol, seed, EVENTS, new SystemMonitor(systemOf(protocol, shape)));
    return false;
  } catch (refusal) {
    if (refusal instanceof BoundaryRefusal) return true;
    throw refusal;
  }
}

/** How a behaviour ends that the book judges as well: what is refused, if anything is. */
function ending(protocol: ShtProtocol, shape: Shape, seed: number, every: number) {
  const both = new Both(protocol, shape, every);
  const walked = new ShtWalk(protocol, seed, both);
  for (let event = 0; event < EVENTS && both.refusal === undefined; event++) walked.step();
  return both.refusal?.refusal.failed;
}

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

/** The first `count` items of which this holds. */
function firstOf<T>(count: number, items: readonly T[], holds: (item: T) => boolean): readonly T[] {
  const found: T[] = [];
  for (const item of items) {
    if (found.length === count) break;
    if (holds(item)) found.push(item);
  }
  return found;
}

describe('the monitor and the textbook say the same', { timeout: 60_000 }, () => {
  test('of every other moment of a behaviour', () => {
    for (const shape of SHAPES.slice(2, 5)) {
      expect(ending(protocolOf(shape), shape, 1, 2)).toBeUndefined();
    }
  });

  test.each(RIGHT)('of a protocol that %s, and refuse nothing', (_, change) => {
    const endings = SHAPES.flatMap((shape) =>
      [1, 2].map((seed) => ending(change(protocolOf(shape)), shape, seed, 20)),
    );
    expect(endings.filter((refused) => refused !== undefined)).toEqual([]);
  });

  test.each(WRONG)('of a protocol that %s, and refuse it by %s', (_, law, change) => {
    const endings = SHAPES.flatMap((shape) => {
      const protocol = change(protocolOf(shape));
      const refused = firstOf(2, SEEDS, (seed) => isRefused(protocol, shape, seed));
      return refused.map((seed) => ending(protocol, shape, seed, 20));
    });
    expect(endings).toContain(law);
  });
});
