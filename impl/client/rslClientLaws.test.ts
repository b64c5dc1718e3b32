import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FakeReplicas,
  replyMessage,
  replyTo,
  type Sent,
} from '../../harness/testing/fakeReplicas.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import { FateUnknownError, RequestError, RequestTimeoutError } from './errors.ts';
import { RslClient } from './rslClient.ts';

const SERVERS = 3;
const server = fc.nat(SERVERS - 1);

/** What a test does to a client and its servers, one after another. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      count: fc.integer({ min: 1, max: 8 }),
      timeout: fc.constantFrom(undefined, undefined, 300, 3000),
      abort: fc.constantFrom(undefined, undefined, 0, 30, 500),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 5, 20, 100, 500, 1500),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('connect' as const, 'connect' as const, 'disconnect' as const),
      server,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('lead' as const),
      leader: fc.option(server, { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('crash' as const), server }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('pause' as const), server, paused: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('fill' as const), server, full: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('babble' as const),
      server,
      message: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(50).map((ahead) => replyMessage(1_000_000 + ahead, 'x')),
      ),
    }),
  },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const setting = fc.record({
  seed: fc.integer(),
  allReply: fc.boolean(),
  delay: fc.constantFrom(0, 40, 40),
  inFlight: fc.constantFrom(1, 2, 5, 128),
  inFlightBytes: fc.constantFrom(1, 100, 1_000_000, 1_000_000),
  connected: fc.constantFrom([0, 1, 2], [0, 1, 2], [1], []),
  events: fc.array(event, { maxLength: 60, size: 'max' }),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

/** A request of a test, and how it ended. */
interface Asked {
  readonly id: string;
  readonly deadline: number;
  number: number | undefined;
  aborted: boolean;
  outcome: string | RequestError | undefined;
}

/** One client, its servers, and all that can be seen from outside. */
class Scene {
  readonly timers = new VirtualTimers();
  readonly replicas: FakeReplicas;
  readonly client: RslClient;
  readonly asked: Asked[] = [];
  readonly byNumber: (Asked | undefined)[] = [];
  highestReply = -1;
  /** The last number on each connection. */
  readonly #last = new Map<string, number>();

  constructor({ seed, allReply, delay, inFlight, inFlightBytes }: Setting) {
    this.replicas = new FakeReplicas({ servers: SERVERS, allReply, delay }, this.timers, seed);
    this.replicas.onReply = (number) => {
      this.highestReply = Math.max(this.highestReply, number);
    };
    this.replicas.onExecuted = (number, before) => {
      for (let between = before + 1; between < number; between++) {
        expect(this.#isOpen(between), `${between} is passed over`).toBe(false);
      }
    };
    this.replicas.onSent = (sent) => this.#checkSent(sent);
    this.client = RslClient.over(this.replicas.network, this.timers, {
      timeout: Number.POSITIVE_INFINITY,
      inFlight,
      inFlightBytes,
    });
  }

  submit(timeout: number | undefined, abort: number | undefined): void {
    const deadline = this.timers.now() + (timeout ?? Number.POSITIVE_INFINITY);
    const asked: Asked = {
      // Of different lengths, so that a short one could pass a long one by.
      id: `request ${this.asked.length}`.padEnd(this.asked.length % 3 === 0 ? 90 : 0),
      deadline,
      number: undefined,
      aborted: false,
      outcome: undefined,
    };
    this.asked.push(asked);
    const stop = new AbortController();
    if (abort !== undefined) {
      this.timers.after(abort, () => {
        asked.aborted = true;
        stop.abort();
      });
    }
    this.client.submit(Buffer.from(asked.id), { timeout, signal: stop.signal }).then(
      (reply) => {
        asked.outcome = Buffer.from(reply).toString();
      },
      (error: RequestError) => {
        asked.outcome = error;
      },
    );
  }

  do(event: Event): void {
    switch (event.type) {
      case 'submit':
        for (let each = 0; each < event.count; each++) this.submit(event.timeout, event.abort);
        break;
      case 'pass':
        this.timers.pass(event.ms);
        break;
      case 'lead':
        this.replicas.lead(event.leader);
        break;
      case 'crash':
        this.replicas.restart(event.server);
        this.replicas.lead((event.server + 1) % SERVERS);
        break;
      case 'pause':
        this.replicas.pause(event.server, event.paused);
        break;
      case 'fill':
        this.replicas.fill(event.server, event.full);
        break;
      case 'babble':
        this.replicas.babble(event.server, event.message);
        break;
      default:
        this.replicas[event.type](event.server);
    }
  }

  /** Everything works again, and enough time passes. */
  heal(leader: number): void {
    for (let each = 0; each < SERVERS; each++) {
      this.replicas.connect(each);
      this.replicas.pause(each, false);
      this.replicas.fill(each, false);
    }
    this.replicas.lead(leader);
    this.timers.pass(60_000);
  }

  /** Whether somebody waits for this number, and it is not settled. */
  #isOpen(number: number): boolean {
    const asked = this.byNumber[number];
    if (asked === undefined || number <= this.highestReply) return false;
    return !asked.aborted && asked.deadline > this.timers.now();
  }

  /** Whether somebody waits for a request that has not been sent. */
  #waits({ number, aborted, deadline }: Asked): boolean {
    return number === undefined && !aborted && deadline > this.timers.now();
  }

  #checkSent({ server, connection, number, request }: Sent): void {
    const known = this.byNumber[number];
    if (known === undefined) {
      expect(number, 'numbers rise').toBeGreaterThanOrEqual(this.byNumber.length);
      const index = this.asked.findIndex(({ id }) => id === request);
      const asked = this.asked[index] as Asked;
      expect(asked.number, 'a request has one number').toBe(undefined);
      const passedBy = this.asked.slice(0, index).filter((earlier) => this.#waits(earlier));
      expect(passedBy, `${request} is sent before others`).toEqual([]);
      asked.number = number;
      this.byNumber[number] = asked;
    } else {
      expect(known.id, 'a number has one request').toBe(request);
    }
    const key = `${server}:${connection}`;
    const last = this.#last.get(key) ?? -1;
    this.#last.set(key, number);
    for (let between = number > last ? last + 1 : 0; between < number; between++) {
      expect(this.#isOpen(between), `${between} is left out before ${number}`).toBe(false);
    }
  }
}

async function play(setting: Setting): Promise<Scene> {
  const scene = new Scene(setting);
  for (const each of setting.connected) scene.replicas.connect(each);
  for (const each of setting.events) scene.do(each);
  scene.heal(setting.seed & 1);
  await new Promise((resolve) => setImmediate(resolve));
  return scene;
}

const check = (law: (scene: Scene) => void) =>
  fc.assert(
    fc.asyncProperty(setting, async (drawn) => {
      law(await play(drawn));
    }),
    { includeErrorInReport: true, numRuns: 300 },
  );

describe('a client, whatever happens to its servers', () => {
  test('sends requests in order, has servers pass over none that somebody waits for, and settles each', () =>
    check((scene) => {
      for (const { id, outcome } of scene.asked) expect(outcome, id).not.toBe(undefined);
      expect([scene.client.waiting, scene.client.inFlight]).toEqual([0, 0]);
    }));

  test('gives each request its own reply, and servers execute none twice', () =>
    check(({ asked, replicas }) => {
      const executed = replicas.log.map(({ request }) => request);
      expect(new Set(executed).size).toBe(executed.length);
      for (const { id, outcome } of asked) {
        if (typeof outcome !== 'string') continue;
        expect(outcome).toBe(replyTo(id));
        expect(executed).toContain(id);
      }
    }));

  test('says what is true of requests that failed', () =>
    check(({ asked, replicas, highestReply }) => {
      const executed = new Set(replicas.log.map(({ request }) => request));
      for (const { id, outcome, number, aborted, deadline } of asked) {
        if (!(outcome instanceof RequestError)) continue;
        if (outcome.fate === 'never sent') expect(executed.has(id)).toBe(false);
        expect(outcome.fate === 'never sent').toBe(number === undefined);
        if (outcome instanceof FateUnknownError) expect(number).toBeLessThan(highestReply);
        else if (outcome instanceof RequestTimeoutError) expect(deadline).toBeLessThan(Infinity);
        else expect(aborted).toBe(true);
      }
    }));
});
