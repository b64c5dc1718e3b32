import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../impl/framework/io.ts';
import type { ShtHost } from '../../impl/sht/host.ts';
import { Peer } from '../../impl/sht/peer.ts';
import { type Behaviours, behavioursOf, type Outcome } from '../campaign/behaviour.ts';
import type { Schedule } from '../campaign/schedule.ts';
import type { CampaignOptions, Shape } from '../campaign/services.ts';
import { shrink } from '../campaign/shrink.ts';
import { checkAnyStates } from '../simulation/anyState.ts';
import { Random } from '../simulation/random.ts';
import { refusalOf } from '../testing/refusalOf.ts';
import { anyHosts } from './anyHost.ts';
import { shtHostCampaign } from './hostCampaign.ts';
import { shtHosts } from './hosts.ts';
import type { ShtSettings } from './settings.ts';
import { isEndless, namesInBytes, type ShtShape } from './shape.ts';

const NOTHING: Schedule = { events: [] };
const TIMEOUT = { timeout: 60_000 };
const PROCESSING = 'get set redirect shard adopt tellStatus refuse discard'.split(' ');

const shapesOf = (options: CampaignOptions<ShtSettings>, seed: number, runs: number) =>
  fc.sample(shtHostCampaign.shapes(options), { seed, numRuns: runs });

const run = ({ config, plan }: Shape<ShtShape>, keep = {}): Outcome =>
  shtHostCampaign.behaviours(config).run(plan, keep);

describe('running hosts, simulated', TIMEOUT, () => {
  test('do the same, to the last byte, for the same plan', () => {
    const shapes = shapesOf({ steps: 200 }, 1, 16);
    const digests = shapes.map((shape) => run(shape, { digest: true }).digest);
    expect(shapes.map((shape) => run(shape, { digest: true }).digest)).toEqual(digests);
    expect(new Set(digests).size).toBe(shapes.length);
  });

  test('go through the very same behaviour again from its schedule, on paper, too', () => {
    for (const shape of shapesOf({ steps: 200 }, 2, 16)) {
      const found = run(shape, { schedule: true, story: true });
      const paper: Schedule = JSON.parse(JSON.stringify(found.schedule ?? NOTHING));
      const again = shtHostCampaign
        .behaviours(shape.config)
        .replay(paper, { schedule: true, story: true });
      expect(again.refusal).toBeUndefined();
      expect(again.story).toEqual(found.story);
      expect(again.schedule).toEqual(found.schedule);
      expect(again.seen).toEqual(found.seen);
    }
  });

  test('are spoken to by clients and strangers under names of bytes, never under their own', () => {
    const places: Record<string, number> = {};
    for (const { config, plan } of shapesOf({ steps: 300, hosts: 3 }, 3, 8)) {
      const { hosts, client, administrator, strangers, newcomer } = namesInBytes(config);
      const clients = Array.from({ length: config.clients + 1 }, (_, at) => client(at + 1));
      const others = [...clients, administrator, ...strangers, newcomer];
      const faults = { ...plan.faults, stranger: 0.3 };
      const { story } = run({ config, plan: { ...plan, faults } }, { story: true });
      for (const { host, action } of story) {
        expect(action === '' ? others : hosts).toContain(host);
        places[host] = (places[host] ?? 0) + 1;
      }
    }
    expect(Object.keys(places)).toEqual(
      expect.arrayContaining(['a0', 'b0', 'c0', '01', 'ad', 'bad1', 'bae1', '91']),
    );
  });

  test.each([[true], [false]])(
    'land all keys and serve clients once the network works (compatible: %s)',
    (compatible) => {
      const promised = shapesOf({ steps: 300, compatible }, 5, 30).filter(({ config }) =>
        isEndless(config),
      );
      expect(promised.length).toBeGreaterThan(12);
      for (const shape of promised) {
        const { refusal, promise } = run(shape);
        expect({ refusal, promise }).toEqual({ refusal: undefined, promise: 'kept' });
      }
    },
  );

  test('process what waits before they take another packet, which is not lost', () => {
    let processed = 0;
    for (const shape of shapesOf({ steps: 400, hosts: 3 }, 6, 10)) {
      const { actions } = run(shape).seen;
      const sum = PROCESSING.reduce((all, name) => all + (actions[name] ?? 0), 0);
      // At the end each host may have something that waits.
      expect(actions['accept']).toBeGreaterThanOrEqual(sum);
      expect(actions['accept']).toBeLessThanOrEqual(sum + 3);
      processed += sum;
    }
    expect(processed).toBeGreaterThan(200);
  });
});

/** Changes a running host so that it is wrong. */
type Flaw = (host: ShtHost) => void;

/** Behaviours of hosts that all have a flaw. */
function flawed(config: ShtShape, flaw: Flaw): Behaviours {
  const service = shtHosts(config);
  return behavioursOf({
    ...service,
    anyStates: () => undefined,
    createHost: (me) => {
      const host = service.createHost(me);
      flaw(host);
      return host;
    },
  });
}

/** Whatever a host does to the world is done so instead. */
const withIo =
  (change: (io: Io, host: ShtHost) => Partial<Io>): Flaw =>
  (host) => {
    const step = host.step.bind(host);
    host.step = (io, wake) =>
      step(
        {
          receive: () => io.receive(),
          readClock: () => io.readClock(),
          send: (dst, bytes) => io.send(dst, bytes),
          ...change(io, host),
        },
        wake,
      );
  };

const FLAWS: readonly (readonly [what: string, boundary: string, law: string, Flaw])[] = [
  [
    'touches what it has sent',
    'B0',
    'a frame is the length of its payload, then the payload',
    withIo((io) => ({
      send: (dst, bytes) => {
        io.send(dst, bytes);
        bytes[bytes.length - 1] = 77;
      },
    })),
  ],
  [
    'sends what is no message',
    'B0',
    'a host sends only bytes that mean something',
    withIo((io) => ({ send: (dst, bytes) => io.send(dst, bytes.subarray(1)) })),
  ],
  [
    'does not answer the first client',
    'B1',
    'the host sends what the protocol says',
    withIo((io) => ({
      send: (dst, bytes) => {
        if (dst !== '01') io.send(dst, bytes);
      },
    })),
  ],
  [
    'keeps what it hands on',
    'B1',
    'the host is in the state that the protocol says',
    (host) => {
      host.table.clear = () => {};
    },
  ],
  [
    'leaves packets where they are, whatever it does',
    'B1',
    'a host that is woken by a packet receives it',
    (host) => {
      const step = host.step.bind(host);
      host.step = (io) => step(io, 'deadline');
    },
  ],
  [
    'never wakes to hand on keys',
    'liveness',
    'once the network delivers, all that hosts hand on lands in time',
    (host) => {
      const next = host.nextDeadline.bind(host);
      host.nextDeadline = () =>
        host.orders.length > 0 && host.received === undefined ? Number.POSITIVE_INFINITY : next();
    },
  ],
];

describe('a wrong host', TIMEOUT, () => {
  const options = { hosts: 2, compatible: false, settings: { administrators: false } };

  test.each(FLAWS)('that %s is refused at %s', (_, boundary, law, flaw) => {
    const { refusal } = firstRefused(flaw, options);
    expect(refusal.boundary).toBe(boundary);
    expect(refusal.clause).toContain(law);
  });

  test('is refused for the same after its behaviour was cut down to what matters', () => {
    const [, , , keeps] = FLAWS[3] ?? [];
    if (keeps === undefined) throw new Error('no flaw');
    const { behaviours, schedule, refusal } = firstRefused(keeps, options);
    const short = shrink(behaviours, schedule, refusal);
    expect(short.outcome.refusal?.clause).toBe(refusal.clause);
    expect(short.schedule.events.length).toBeLessThan(30);
    const paper: Schedule = JSON.parse(JSON.stringify(short.schedule));
    expect(behaviours.replay(paper).refusal?.message).toBe(short.outcome.refusal?.message);
  });
});

function firstRefused(flaw: Flaw, options: CampaignOptions<ShtSettings>) {
  for (const { config, plan } of shapesOf(options, 4, 200)) {
    const behaviours = flawed(config, flaw);
    const { refusal, schedule } = behaviours.run(plan, { schedule: true });
    if (refusal !== undefined && schedule !== undefined) return { behaviours, schedule, refusal };
  }
  throw new Error('nothing is refused');
}

describe('running hosts in any state', TIMEOUT, () => {
  const check = (onAction: (action: string) => void = () => {}): number =>
    shapesOf({}, 7, 300).reduce(
      (steps, { config, plan }) =>
        steps
        + checkAnyStates(anyHosts(config, new Random(plan.seed)), (_, action) => onAction(action)),
      0,
    );

  test('do what the protocol does there, by every action', () => {
    const taken = new Set<string>();
    expect(check((action) => taken.add(action))).toBe(300 * 24);
    expect(taken.size).toBe(16);
  });

  test('are refused where they do not', () => {
    const acknowledge = Peer.prototype.acknowledge;
    Peer.prototype.acknowledge = function wrong(this: Peer, seqno: number) {
      const { unackedBytes } = this;
      acknowledge.call(this, seqno);
      this.unackedBytes = unackedBytes;
    };
    try {
      expect(refusalOf(check).difference?.path).toContain('.unackedBytes');
    } finally {
      Peer.prototype.acknowledge = acknowledge;
    }
  });
});
