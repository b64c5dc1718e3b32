import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COMPATIBLE,
  DEFAULT,
  HOST_NAMES,
  RunningShtHosts,
} from '../../harness/testing/runningShtHosts.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';

import { RequestError } from './errors.ts';
import { ShtClient } from './shtClient.ts';
import { ShtHosts } from './shtHosts.ts';
import { type Bound, KEY_INF, KEY_ZERO, shardOrder } from './shtMessages.ts';

const host = fc.nat(HOST_NAMES.length - 1);
const KEYS = 12n;
const key = fc.bigInt({ min: 0n, max: KEYS - 1n });

/** What a test does to a client and its hosts, one after another. */
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('call' as const),
      keys: fc.array(key, { minLength: 1, maxLength: 12 }),
      is: fc.constantFrom('get' as const, 'set' as const, 'delete' as const),
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
  { weight: 3, arbitrary: fc.record({ type: fc.constant('break' as const), host }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('move' as const),
      low: fc.oneof(fc.constant(KEY_ZERO), key),
      high: fc.oneof(fc.constant(KEY_INF), key),
      from: host,
      to: host,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('pause' as const), host, paused: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('fill' as const), host, full: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('babble' as const),
      host,
      message: fc.uint8Array({ maxLength: 60 }),
    }),
  },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const setting = fc.record({
  seed: fc.integer(),
  compatible: fc.boolean(),
  neverAgain: fc.boolean(),
  delay: fc.constantFrom(0, 40, 40),
  inFlight: fc.constantFrom(1, 2, 5, 128),
  inFlightBytes: fc.constantFrom(1, 100, 1_000_000, 1_000_000),
  maxUnacked: fc.constantFrom(3, 1024),
  maxResent: fc.constantFrom(2, 64),
  events: fc.array(event, { maxLength: 60, size: 'max' }),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

/** A call of a test, and how it ended. */
interface Made {
  readonly is: 'get' | 'set' | 'delete';
  readonly key: bigint;
  /** What it sets; no other call sets the same. */
  readonly value: string;
  /** How many effects there were before it was made. */
  readonly since: number;
  outcome: string | undefined | RequestError;
  ended: boolean;
  endedAt: number;
}

const NAME = '01';

/** One client, its hosts, and somebody who has keys moved. */
class Scene {
  readonly timers = new VirtualTimers();
  readonly hosts: RunningShtHosts;
  readonly client: ShtClient;
  readonly administrator: ShtHosts;
  readonly made: Made[] = [];

  constructor(options: Setting) {
    const { compatible, delay, seed, inFlight, inFlightBytes, maxUnacked, maxResent } = options;
    const base = compatible ? COMPATIBLE : { ...DEFAULT, maxDelegationKeys: 2 };
    const neverAgain = compatible && options.neverAgain;
    // The original, which never sends again, takes questions however much is unacknowledged.
    const parameters = { ...base, maxResent, maxUnacked: neverAgain ? 1024 : maxUnacked };
    this.hosts = new RunningShtHosts(this.timers, { parameters, delay, seed, neverAgain });
    const limits = { timeout: Number.POSITIVE_INFINITY, inFlight, inFlightBytes };
    this.client = ShtClient.over(HOST_NAMES, this.hosts.network(NAME), this.timers, limits);
    const settings = { inFlight: 9, inFlightBytes: 1000, retryMs: 100 };
    this.administrator = new ShtHosts(HOST_NAMES, this.hosts.network('ad'), this.timers, settings);
  }

  do(event: Event): void {
    switch (event.type) {
      case 'call':
        for (const each of event.keys) this.#call(event.is, each, event.timeout, event.abort);
        break;
      case 'pass':
        this.timers.pass(event.ms);
        break;
      case 'break':
        this.hosts.disconnect(NAME, event.host);
        this.timers.after(event.host * 30, () => this.hosts.connect(NAME, event.host));
        break;
      case 'move':
        this.#move(event.low, event.high, event.from, event.to);
        break;
      case 'pause':
        this.hosts.pause(event.host, event.paused);
        break;
      case 'fill':
        this.hosts.fill(NAME, event.host, event.full);
        break;
      case 'babble':
        this.hosts.babble(NAME, event.host, event.message);
        break;
    }
  }

  /** Everything works from now on, and there is time enough. */
  heal(): void {
    for (const [number] of HOST_NAMES.entries()) {
      this.hosts.pause(number, false);
      this.hosts.fill(NAME, number, false);
      this.hosts.connect(NAME, number);
    }
    for (let round = 0; round < 100; round++) this.timers.pass(1000);
  }

  #call(is: Made['is'], at: bigint, timeout?: number, abort?: number): void {
    const value = `${this.made.length}`;
    const since = this.hosts.effects.length;
    const made: Made = { is, key: at, value, since, outcome: '', ended: false, endedAt: 0 };
    this.made.push(made);
    const stop = new AbortController();
    if (abort !== undefined) this.timers.after(abort, () => stop.abort());
    const options = { timeout, signal: stop.signal };
    const end = (outcome: Made['outcome']): void => {
      Object.assign(made, { outcome, ended: true, endedAt: this.hosts.effects.length });
    };
    const bytes = is === 'set' ? Buffer.from(value) : undefined;
    const call =
      is === 'get'
        ? this.client.get(at, options).then((got) => end(got && Buffer.from(got).toString()))
        : this.client.set(at, bytes, options).then(() => end('done'));
    call.catch(end);
  }

  #move(low: Bound, high: Bound, from: number, to: number): void {
    this.administrator.conversations[from]?.ask({
      content: shardOrder({ low, high }, HOST_NAMES[to] ?? ''),
      isWanted: true,
      sent: () => {},
      answered: () => {},
      passedOver: () => {},
      lost: () => {},
    });
  }
}

async function run(options: Setting): Promise<Scene> {
  const scene = new Scene(options);
  for (const each of options.events) {
    scene.do(each);
    await Promise.resolve();
  }
  scene.heal();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return scene;
}

describe('whatever happens to connections, hosts and keys', () => {
  test('every call is settled, and took effect once if it succeeded', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (options) => {
        const { made, hosts, client } = await run(options);
        const times = new Map<string, number>();
        for (const { content } of hosts.effects) {
          if (content.type !== 'set' || content.value === undefined) continue;
          times.set(content.value, (times.get(content.value) ?? 0) + 1);
        }
        for (const { is, value, outcome, ended } of made) {
          expect(ended, `call ${value} is settled`).toBe(true);
          if (is !== 'set') continue;
          const count = times.get(value) ?? 0;
          expect(count).toBeLessThanOrEqual(1);
          if (outcome === 'done') expect(count).toBe(1);
          if (outcome instanceof RequestError && outcome.fate !== 'unknown') expect(count).toBe(0);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(RequestError);
        }
        const effects = hosts.effects.filter((effect) => effect.client === NAME).length;
        const succeeded = made.filter(({ outcome }) => !(outcome instanceof Error)).length;
        expect(effects).toBeGreaterThanOrEqual(succeeded);
        const deletes = hosts.effects.filter(
          ({ content }) => content.type === 'set' && content.value === undefined,
        ).length;
        expect(deletes).toBeLessThanOrEqual(made.filter(({ is }) => is === 'delete').length);
        expect(client.unsettled).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('a get is answered with what the key had at some instant between the call and the reply', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (options) => {
        const { made, hosts } = await run(options);
        for (const { is, key: at, outcome, since, endedAt } of made) {
          if (is !== 'get' || outcome instanceof Error) continue;
          let value: string | undefined;
          const seen: (string | undefined)[] = [];
          for (const [number, { content }] of hosts.effects.entries()) {
            if (number >= endedAt) break;
            if (content.key !== at) continue;
            if (content.type === 'set') value = content.value;
            else if (number >= since) seen.push(value);
          }
          expect(seen).toContain(outcome);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('hosts keep nothing for a client that has been answered, and nothing is under way', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (options) => {
        const { hosts } = await run(options);
        for (const each of hosts.hosts) {
          expect(each.peers.get(NAME)?.unacked.length ?? 0).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });
});
