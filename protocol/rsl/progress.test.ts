import { describe, expect, test } from 'vitest';
import { walk } from '../../harness/testing/rslBehaviours.ts';
import { RslService } from '../../harness/testing/rslService.ts';
import { counter } from '../../spec/apps/counter.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { showBallot } from './ballot.ts';
import { DEFAULT, type Parameters } from './configuration.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';
import { rsl } from './rsl.ts';

const NAMES: readonly EndPoint[] = ['a', 'b', 'c', 'd', 'e'];
const named = (count: number): readonly EndPoint[] => NAMES.slice(0, count);

/** A leader is not suspected before 1000 ms. */
const PARAMETERS: Parameters = { ...DEFAULT, maxLogLength: 4, maxBatchSize: 2, retryPeriod: 50 };
const SOON = 600;
/** A view change and all that follows it. */
const LATER = 8_000;

const viewsOf = ({ states }: RslService): readonly string[] =>
  states.map(({ election }) => showBallot(election.view));

const stable = (service: RslService, view = '1.0'): void =>
  expect(new Set(viewsOf(service))).toEqual(new Set([view]));

/** A client asks, and asks again, until there is an answer. */
function answered(service: RslService, client: EndPoint, seqno: number, within = SOON): void {
  service.ask(client, seqno);
  let asked = service.time;
  service.runUntil(
    `${client}#${seqno} is answered`,
    () => {
      if (service.time >= asked + 100) service.ask(client, seqno);
      if (service.time >= asked + 100) asked = service.time;
      return service.hasAnswered(client, seqno);
    },
    within,
  );
}

const caughtUp = (service: RslService, within = SOON): void =>
  service.runUntil(
    'all replicas have executed as much, and hold it for good',
    () => {
      const farthest = Math.max(...service.states.map(({ executor: e }) => e.operationsComplete));
      return service.states.every(
        ({ executor: e }) =>
          e.operationsComplete === farthest && e.checkpoint?.operationsComplete === farthest,
      );
    },
    within,
  );

const TYPES: readonly Message['type'][] = ['1a', '1b', '2a', '2b', 'startingPhase2', 'heartbeat'];

describe.each([1, 2, 3, 5])('of %i replicas', (count) => {
  const hosts = named(count);

  test('a service answers one request after the other, in one view', () => {
    const service = new RslService(hosts, PARAMETERS);
    for (let seqno = 1; seqno <= 20; seqno++) answered(service, 'client', seqno);
    stable(service);
    caughtUp(service);
    for (const { executor } of service.states) expect(executor.app).toBe(20n);
    expect(service.taken.get('truncateLog')).toBeGreaterThan(0);
  });

  test.each(TYPES)('no %s that gets lost costs a view', (type) => {
    // One of the first dozen is lost, then two in a row, then three.
    for (let first = 0; first < 12; first++) {
      for (let length = 1; length <= 3; length++) {
        const service = new RslService(hosts, PARAMETERS);
        let seen = 0;
        service.loses = ({ msg }) => msg.type === type && seen++ >= first && seen <= first + length;
        for (let seqno = 1; seqno <= 3; seqno++) answered(service, 'client', seqno);
        stable(service);
        caughtUp(service);
      }
    }
  });

  test('nothing at all heard for a while costs no view', () => {
    const service = new RslService(hosts, PARAMETERS);
    answered(service, 'client', 1);
    service.ask('client', 2);
    service.ask('other', 1);
    service.loses = () => true;
    service.runFor(200);
    service.loses = () => false;
    answered(service, 'client', 2);
    answered(service, 'other', 1);
    stable(service);
    caughtUp(service);
  });

  test('replicas that all start again at once go on without being asked', () => {
    const service = new RslService(hosts, PARAMETERS);
    for (let seqno = 1; seqno <= 9; seqno++) answered(service, 'client', seqno);
    for (const host of hosts.keys()) service.restart(host);
    answered(service, 'client', 10);
    caughtUp(service);
    for (const { executor } of service.states) expect(executor.app).toBe(10n);
  });

  test('a leader that starts again is followed by the next at once', () => {
    const service = new RslService(hosts, PARAMETERS);
    answered(service, 'client', 1);
    service.restart(0);
    answered(service, 'client', 2);
    stable(service, count === 1 ? '2.0' : '1.1');
    caughtUp(service);
  });
});

describe.each([3, 5])('of %i replicas', (count) => {
  const hosts = named(count);

  test.each([
    ['whatever the others say', () => true],
    ['votes', ({ type }: Message) => type === '2b'],
    ['proposals and votes', ({ type }: Message) => type === '2a' || type === '2b'],
  ])('one that has missed %s catches up, in the same view', (_, isMissed) => {
    for (const behind of hosts.slice(1)) {
      const service = new RslService(hosts, PARAMETERS);
      service.loses = ({ dst, msg }) => dst === behind && isMissed(msg);
      for (let seqno = 1; seqno <= 12; seqno++) answered(service, 'client', seqno);
      const { operationsComplete } = service.states[hosts.indexOf(behind)]?.executor ?? {};
      expect(operationsComplete).toBeLessThan(12);
      service.loses = () => false;
      caughtUp(service);
      service.runFor(4 * PARAMETERS.baselineViewTimeout);
      stable(service);
      // What others have executed meanwhile waits no longer, so nobody suspects the leader for it.
      for (const { election } of service.states) expect(election.suspectors).toEqual(new Set());
    }
  });

  test('one that has missed a few votes is told them again, and needs nobody’s state', () => {
    // In a window as wide as that nobody forgets votes at once.
    const service = new RslService(hosts, { ...PARAMETERS, maxLogLength: 16 });
    answered(service, 'client', 1);
    service.loses = ({ dst, msg }) => dst === 'c' && msg.type === '2b';
    answered(service, 'client', 2);
    service.loses = () => false;
    service.runUntil('c has executed 2', () => service.states[2]?.executor.app === 2n, SOON);
    expect(service.taken.get('repeatVotes')).toBeGreaterThan(0);
    expect(service.taken.get('adoptState')).toBeUndefined();
  });

  test('what a quorum has voted for is executed although the leader is gone', () => {
    const service = new RslService(hosts, PARAMETERS);
    service.runFor(100);
    service.loses = ({ src, msg }) => msg.type === '2b' || (src === 'a' && msg.type !== '2a');
    service.ask('client', 1, ['a']);
    service.runFor(50);
    expect(service.states[1]?.acceptor.votes.size).toBe(1);
    service.loses = ({ src, dst }) => src === 'a' || dst === 'a';
    // Nobody but the leader would answer without being asked again.
    answered(service, 'client', 1);
    stable(service);
  });

  test('a gap before what a quorum has voted for is filled by the next leader', () => {
    const service = new RslService(hosts, { ...PARAMETERS, maxBatchSize: 1 });
    service.runFor(100);
    service.loses = ({ msg }) => msg.type === '2b' || (msg.type === '2a' && msg.operation === 0);
    service.ask('client', 1, ['a']);
    service.ask('other', 1, ['a']);
    service.runFor(30);
    expect([...(service.states[1]?.acceptor.votes.keys() ?? [])]).toEqual([1]);
    service.loses = () => false;
    service.restart(0);
    service.runUntil('there is an answer', () => service.hasAnswered('other', 1), SOON);
    expect(service.taken.get('fillGap')).toBe(1);
    expect(service.hasAnswered('client', 1)).toBe(false);
    caughtUp(service);
  });

  test('however slow the network is, some leader has time enough in the end', () => {
    const service = new RslService(hosts, { ...PARAMETERS, baselineViewTimeout: 50 });
    service.latency = 400;
    service.loses = ({ src, dst }) => src === 'a' || dst === 'a';
    answered(service, 'client', 1, 4 * LATER);
  });

  test('a leader that hears no votes leads on, and catches up', () => {
    const service = new RslService(hosts, PARAMETERS);
    answered(service, 'client', 1);
    service.loses = ({ dst, msg }) => dst === 'a' && msg.type === '2b';
    for (let seqno = 2; seqno <= 4; seqno++) answered(service, 'client', seqno);
    service.loses = () => false;
    answered(service, 'client', 5);
    caughtUp(service);
    stable(service);
  });

  test('a replica that has lost its state catches up although nobody asks for anything', () => {
    const service = new RslService(hosts, PARAMETERS);
    for (let seqno = 1; seqno <= 12; seqno++) answered(service, 'client', seqno);
    const last = count - 1;
    const { constants, ...fresh } = new RslService(hosts, PARAMETERS).states[last] as Replica;
    const { acceptor, proposer } = service.states[last] as Replica;
    service.states[last] = { constants, ...fresh, acceptor, proposer };
    caughtUp(service);
    stable(service);
  });

  test('a leader that is gone is replaced once a request has waited', () => {
    const service = new RslService(hosts, PARAMETERS);
    answered(service, 'client', 1);
    service.loses = ({ src, dst }) => src === 'a' || dst === 'a';
    answered(service, 'client', 2, LATER);
    service.loses = () => false;
    answered(service, 'client', 3, LATER);
    caughtUp(service);
  });
});

test('a lagging replica that wants a state the leader began with gets it, or asks again', () => {
  const hosts = named(3);
  const service = new RslService(hosts, PARAMETERS);
  service.loses = ({ dst, src }) => dst === 'c' || src === 'c';
  for (let seqno = 1; seqno <= 12; seqno++) answered(service, 'client', seqno);
  // Now c must lead, and knows nothing; the first states that it is given are lost.
  let lost = 0;
  service.loses = ({ src, dst, msg }) =>
    src === 'a' || dst === 'a' || (msg.type === 'appStateSupply' && lost++ < 3);
  answered(service, 'client', 13, 3 * LATER);
  expect(lost).toBeGreaterThan(0);
  service.loses = () => false;
  caughtUp(service, LATER);
  for (const { executor } of service.states) expect(executor.app).toBe(13n);
});

describe.each([
  ['durable', PARAMETERS],
  ['not durable', { ...PARAMETERS, durable: false }],
])('%s replicas, whatever has happened to them', (_, parameters) => {
  const NO_LISTENER = { act: () => {}, hear: () => {}, restart: () => {} };

  test.each([2, 3, 5])('answer again, all %i', (count) => {
    for (let seed = 1; seed <= 25; seed++) {
      const protocol = rsl(counter, named(count), parameters);
      const { states } = walk(protocol, seed, 1_500, NO_LISTENER);
      // Epochs may have grown long meanwhile, and whoever leads may have to be found.
      const epochs = states.map(({ election }) => election.epochLength);
      const bound = 16 * Math.max(...epochs);
      const service = new RslService(named(count), parameters, states, 1_000_000);
      answered(service, 'late', 1, bound);
      answered(service, 'late', 2, bound);
      service.runUntil(
        'all have executed as much',
        () => new Set(service.states.map(({ executor: e }) => e.operationsComplete)).size === 1,
        bound,
      );
    }
  });
});
