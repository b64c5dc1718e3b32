import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPATIBLE, DEFAULT } from '../../protocol/rsl/configuration.ts';
import { counter } from '../../spec/apps/counter.ts';
import { ProtocolWorld } from '../simulation/protocolWorld.ts';
import { Random } from '../simulation/random.ts';
import { rslCampaign } from './campaign.ts';
import { lie } from './liars.ts';
import { APPLICATIONS, conversationWith, NOTHING_MEANT } from './requests.ts';
import { rslService } from './service.ts';
import { type RslShape, replicasOf } from './shape.ts';
import { hopeless } from './watch.ts';

const SHAPE: RslShape = { replicas: 3, application: 'counter', clients: 2, parameters: DEFAULT };

describe('liars', () => {
  const scenery = { replicas: replicasOf(3), application: counter };

  test('say things of every type', () => {
    const random = new Random(1);
    const types = Array.from({ length: 600 }, () => lie(scenery, random).type);
    expect(new Set(types).size).toBe(12);
  });

  test('speak of proposers who are no replicas, and of ballots beyond all others', () => {
    const random = new Random(3);
    const told = Array.from({ length: 600 }, () => lie(scenery, random));
    const ballots = told.flatMap((msg) => (msg.type === '2b' ? [msg.ballot] : []));
    const operations = told.flatMap((msg) => (msg.type === '2b' ? [msg.operation] : []));
    expect(ballots.some(({ proposer }) => ![0, 1, 2].includes(proposer))).toBe(true);
    expect(ballots.some(({ proposer }) => [0, 1, 2].includes(proposer))).toBe(true);
    expect(ballots.some(({ seqno }) => seqno >= Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(operations.some((operation) => operation >= Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  test('are ignored by every replica, unless they ask for something as a client may', () => {
    const random = new Random(2);
    const world = new ProtocolWorld(rslService(SHAPE));
    const seen = new Set<string>();
    for (let count = 0; count < 300; count++) {
      const { msg } = world.lie(random, []);
      const host = random.below(3);
      world.step(host, world.send('mallory', replicasOf(3)[host] ?? '', msg), count, random);
      expect(world.lastAction === 'ignore').toBe(msg.type !== 'request');
      seen.add(world.lastAction);
    }
    expect(seen).toEqual(new Set(['ignore', 'receiveRequest']));
  });
});

test.each(APPLICATIONS)(
  'clients of %s ask for what it understands, and now and then not',
  (name) => {
    const random = new Random(3);
    const { ask, answered } = conversationWith(name);
    const asked = Array.from({ length: 300 }, (_, seqno) => ask(seqno, random));
    const requests = asked.map((msg) => (msg.type === 'request' ? msg.request : ''));
    const counts = new Map<string, number>();
    for (const request of requests) counts.set(request, (counts.get(request) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(name === 'kv' ? 8 : 1);
    const nonsense = requests.filter((request) => NOTHING_MEANT.includes(request)).length;
    expect(nonsense).toBeGreaterThan(0);
    expect(nonsense).toBeLessThan(30);
    expect(answered({ type: 'reply', seqno: 7, reply: '' })).toBe(7);
    expect(answered({ type: 'request', seqno: 7, request: '' })).toBeUndefined();
  },
);

describe('what a campaign hopes to see', () => {
  test('comes about, all of it', { timeout: 60_000 }, () => {
    const missing = new Set(Object.keys(rslService(SHAPE).watch().sometimes()));
    missing.add('a request that comes again was executed again');
    missing.add('a reply was forgotten to make room');
    missing.add('a batch was cut because it would have had too many bytes');
    for (const { config, plan } of fc.sample(rslCampaign.shapes({}), { seed: 1, numRuns: 400 })) {
      const { sometimes } = rslCampaign.behaviours(config).run(plan);
      for (const [hope, happened] of Object.entries(sometimes)) if (happened) missing.delete(hope);
      if (missing.size === 0) return;
    }
    expect([...missing]).toEqual([]);
  });

  test.each<[string, Partial<RslShape['parameters']>]>([
    ['several requests were executed as one operation', { maxBatchSize: 1 }],
    ['a request that comes again was not executed again', COMPATIBLE],
    ['a request that comes again was executed again', { compatible: false }],
    ['several operations took effect in one step', { maxLogLength: 1 }],
    ['a replica that had started again came to lead', { durable: false }],
    ['a reply was forgotten to make room', { maxCachedReplies: 9 }],
    ['a batch was cut because it would have had too many bytes', { maxBatchSize: 1 }],
    ['a batch was cut because it would have had too many bytes', { maxBatchBytes: 2 }],
    ['a batch was cut because it would have had too many bytes', COMPATIBLE],
    ['a request was proposed at once because nothing was under way', COMPATIBLE],
    ['a request was proposed at once because nothing was under way', { maxBatchBytes: 1 }],
    ['a heartbeat was sent before its time because there was news', COMPATIBLE],
  ])('is not missed where it cannot be: %s', (hope, parameters) => {
    const shape = { ...SHAPE, parameters: { ...SHAPE.parameters, maxLogLength: 7, ...parameters } };
    expect(hopeless(shape)).toContain(hope);
    expect(Object.keys(rslService(shape).watch().sometimes())).not.toContain(hope);
  });
});
