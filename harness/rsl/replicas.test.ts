import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CounterService } from '../../impl/apps/counter.ts';
import type { Io } from '../../impl/framework/io.ts';
import { Replica } from '../../impl/rsl/replica.ts';
import { checkedService } from '../../refinement/apps/checkedService.ts';
import { counter } from '../../spec/apps/counter.ts';
import { type Behaviours, behavioursOf, type Outcome } from '../campaign/behaviour.ts';
import type { Schedule } from '../campaign/schedule.ts';
import type { CampaignOptions, Shape } from '../campaign/services.ts';
import { shrink } from '../campaign/shrink.ts';
import { checkAnyStates } from '../simulation/anyState.ts';
import { clientInBytes, hostsInBytes, STRANGERS_IN_BYTES } from '../simulation/endPoints.ts';
import { Random } from '../simulation/random.ts';
import { refusalOf } from '../testing/refusalOf.ts';
import { anyReplicas } from './anyReplica.ts';
import { replicaCampaign } from './replicaCampaign.ts';
import { rslReplicas } from './replicas.ts';
import type { RslSettings } from './settings.ts';
import type { RslShape } from './shape.ts';

const NOTHING: Schedule = { events: [] };
const TIMEOUT = { timeout: 60_000 };

const shapesOf = (options: CampaignOptions<RslSettings>, seed: number, runs: number) =>
  fc.sample(replicaCampaign.shapes(options), { seed, numRuns: runs });

const run = ({ config, plan }: Shape<RslShape>, keep = {}): Outcome =>
  replicaCampaign.behaviours(config).run(plan, keep);

describe('running replicas, simulated', TIMEOUT, () => {
  test('do the same, to the last byte, for the same plan', () => {
    const shapes = shapesOf({ steps: 200 }, 1, 8);
    const digests = shapes.map((shape) => run(shape, { digest: true }).digest);
    expect(shapes.map((shape) => run(shape, { digest: true }).digest)).toEqual(digests);
    expect(new Set(digests).size).toBe(shapes.length);
  });

  test('go through the very same behaviour again from its schedule, on paper, too', () => {
    for (const shape of shapesOf({ steps: 200 }, 2, 8)) {
      const found = run(shape, { schedule: true, story: true });
      const paper: Schedule = JSON.parse(JSON.stringify(found.schedule ?? NOTHING));
      const again = replicaCampaign
        .behaviours(shape.config)
        .replay(paper, { schedule: true, story: true });
      expect(again.refusal).toBeUndefined();
      expect(again.story).toEqual(found.story);
      expect(again.schedule).toEqual(found.schedule);
      expect(again.seen).toEqual(found.seen);
    }
  });

  test('are spoken to by clients and strangers under names of bytes, never under their own', () => {
    const others = [
      ...Array.from({ length: 6 }, (_, at) => clientInBytes(at + 1)),
      ...STRANGERS_IN_BYTES,
    ];
    const spoke = new Set<string>();
    for (const { config, plan } of shapesOf({ steps: 300, settings: { clients: 6 } }, 3, 5)) {
      const faults = { ...plan.faults, stranger: 0.3 };
      const { schedule = NOTHING, story } = run(
        { config, plan: { ...plan, faults } },
        { schedule: true, story: true },
      );
      for (const event of schedule.events) if ('from' in event) spoke.add(event.from);
      const hosts = hostsInBytes(config.replicas);
      for (const { host, action } of story) expect(action === '' ? others : hosts).toContain(host);
    }
    expect(spoke).toEqual(new Set(others));
  });

  test.each([[true], [false]])(
    'answer once the network works, whatever came before (compatible: %s)',
    (compatible) => {
      const shapes = shapesOf({ steps: 300, compatible }, 5, 12);
      const promised = shapes.filter(
        ({ config }) => config.parameters.maxInteger === Number.MAX_SAFE_INTEGER,
      );
      expect(promised.length).toBeGreaterThan(6);
      for (const shape of promised) {
        const { refusal, promise } = run(shape);
        expect({ refusal, promise }).toEqual({ refusal: undefined, promise: 'kept' });
      }
    },
  );

  test('cannot be durable', () => {
    const [shape] = shapesOf({}, 1, 1);
    if (shape === undefined) throw new Error('no shape');
    const parameters = { ...shape.config.parameters, durable: true };
    expect(() => replicaCampaign.config.parse({ ...shape.config, parameters })).toThrow(
      'write nothing down',
    );
    expect(replicaCampaign.objections({ settings: { durable: true } })).toHaveLength(1);
    expect(replicaCampaign.objections({ settings: { durable: false } })).toEqual([]);
  });
});

/** Changes a running replica so that it is wrong, or gives another one. */
type Flaw = (replica: Replica) => Replica | undefined;

/** Behaviours of replicas that all have a flaw. */
function flawed(config: RslShape, flaw: Flaw): Behaviours {
  const service = rslReplicas(config);
  return behavioursOf({
    ...service,
    anyStates: () => undefined,
    createHost: (me) => {
      const replica = service.createHost(me);
      return flaw(replica) ?? replica;
    },
  });
}

/** Whatever a replica does to the world is done so instead. */
const withIo =
  (change: (io: Io) => Partial<Io>): Flaw =>
  (replica) => {
    const step = replica.step.bind(replica);
    replica.step = (io, wake) =>
      step(
        {
          receive: () => io.receive(),
          readClock: () => io.readClock(),
          send: (dst, bytes) => io.send(dst, bytes),
          ...change(io),
        },
        wake,
      );
    return undefined;
  };

/** A part of a replica has another method, which may call the right one. */
const replacing =
  <Part extends keyof Replica, Name extends keyof Replica[Part]>(
    part: Part,
    name: Name,
    instead: (right: Replica[Part][Name]) => Replica[Part][Name],
  ): Flaw =>
  (replica) => {
    const whole = replica[part];
    const right = whole[name];
    whole[name] = instead(typeof right === 'function' ? right.bind(whole) : right);
    return undefined;
  };

/** A counter that skips a number. */
class Skipping extends CounterService {
  static override initialize(): CounterService {
    return new Skipping();
  }

  override handleRequest(request: Uint8Array): Uint8Array {
    const reply = super.handleRequest(request);
    return reply[7] === 3 ? super.handleRequest(request) : reply;
  }
}

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
    'looks at the clock once more',
    'B2',
    'a step receives, then learns the time at most once, then sends: R* (C|T)? S*',
    withIo((io) => ({ readClock: () => Math.max(io.readClock(), io.readClock()) })),
  ],
  [
    'tells only itself',
    'B1',
    'the host sends what the protocol says',
    withIo((io) => ({
      send: (dst, bytes) => {
        if (dst !== 'c0') io.send(dst, bytes);
      },
    })),
  ],
  [
    'forgets no votes',
    'B1',
    'the host is in the state that the protocol says',
    replacing('acceptor', 'truncateLog', () => () => {}),
  ],
  [
    'breaks down when it should lead',
    'B1',
    'a step ends without an exception',
    replacing('proposer', 'startPhase1', () => () => {
      throw new Error('too much');
    }),
  ],
  [
    'runs a service that is not the application',
    'B6',
    'the reply is the application’s',
    ({ constants: { me, replicas, parameters } }) =>
      new Replica(me, replicas, parameters, checkedService(Skipping, counter)),
  ],
  [
    'never wakes to execute',
    'liveness',
    'once a quorum lives and the network delivers',
    (replica) => {
      const next = replica.nextDeadline.bind(replica);
      replica.nextDeadline = () =>
        replica.executor.operationsComplete > 2 ? Number.POSITIVE_INFINITY : next();
      return undefined;
    },
  ],
];

describe('a wrong replica', TIMEOUT, () => {
  const options = { hosts: 3, compatible: false, settings: { application: 'counter' } };

  test.each(FLAWS)('that %s is refused at %s', (_, boundary, law, flaw) => {
    const refused = firstRefused(flaw, options);
    expect(refused.refusal.boundary).toBe(boundary);
    expect(refused.refusal.clause).toContain(law);
  });

  test('is refused for the same after its behaviour was cut down to what matters', () => {
    const partial = replacing('learner', 'count', (count) => (_, msg) => count(0, msg));
    const { behaviours, schedule, refusal } = firstRefused(partial, options);
    const short = shrink(behaviours, schedule, refusal);
    expect(short.outcome.refusal?.clause).toBe(refusal.clause);
    expect(refusal.boundary).toBe('B1');
    expect(short.schedule.events.length).toBeLessThan(25);
    const paper: Schedule = JSON.parse(JSON.stringify(short.schedule));
    expect(behaviours.replay(paper).refusal?.message).toBe(short.outcome.refusal?.message);
  });
});

function firstRefused(flaw: Flaw, options: CampaignOptions<RslSettings>) {
  for (const { config, plan } of shapesOf(options, 4, 100)) {
    const behaviours = flawed(config, flaw);
    const { refusal, schedule } = behaviours.run(plan, { schedule: true });
    if (refusal !== undefined && schedule !== undefined) return { behaviours, schedule, refusal };
  }
  throw new Error('nothing is refused');
}

describe('running replicas in any state', TIMEOUT, () => {
  const replicated = { service: CounterService, application: counter };

  test('do what the protocol does there, by nearly every action', () => {
    const taken = new Map<string, number>();
    let steps = 0;
    for (let seed = 0; seed < 60; seed++) {
      const states = anyReplicas(replicated, new Random(seed));
      steps += checkAnyStates(states, (_, action) => {
        taken.set(action, (taken.get(action) ?? 0) + 1);
      });
    }
    expect(steps).toBeGreaterThan(60 * 40);
    expect(taken.size).toBeGreaterThan(22);
  });

  test('are refused where they do not', () => {
    const adopt = Replica.prototype.step;
    const refuse = () => {
      for (let seed = 0; seed < 300; seed++) {
        checkAnyStates(anyReplicas(replicated, new Random(seed)));
      }
    };
    Replica.prototype.step = function step(this: Replica, io, wake) {
      const { maxBallotReflected } = this.executor;
      const action = adopt.call(this, io, wake);
      if (action === 'adoptState') this.executor.maxBallotReflected = maxBallotReflected;
      return action;
    };
    try {
      expect(refusalOf(refuse).difference?.path).toContain('.executor.maxBallotReflected');
    } finally {
      Replica.prototype.step = adopt;
    }
  });
});
