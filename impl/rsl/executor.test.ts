import { expect, test } from 'vitest';
import { RunningReplicas } from '../../harness/testing/runningReplicas.ts';
import { MAX_REPLY_BYTES } from '../../spec/apps/application.ts';
import type { Service } from '../apps/service.ts';
import type { Message } from './messages.ts';
import { COMPATIBLE, DEFAULT, type Parameters } from './parameters.ts';

/** Answers with what it was asked, in an array that it uses again, or with too much. */
class Echo implements Service {
  static readonly serviceName = 'Echo';
  readonly handled: number[] = [];
  readonly #scratch = new Uint8Array(1);

  static initialize(): Echo {
    return new Echo();
  }

  static deserialize(state: Uint8Array): Echo {
    const echo = new Echo();
    echo.handled.push(...state);
    return echo;
  }

  serialize(): Uint8Array {
    return Uint8Array.from(this.handled);
  }

  handleRequest(request: Uint8Array): Uint8Array {
    const asked = request[0] ?? 0;
    if (asked === 99) throw new Error('no 99 here');
    this.handled.push(asked);
    this.#scratch[0] = asked;
    return asked === 98 ? new Uint8Array(MAX_REPLY_BYTES + 1) : this.#scratch;
  }
}

function led(parameters: Parameters) {
  const cluster = new RunningReplicas(3, parameters, Echo);
  cluster.settle();
  const ask = (client: string, seqno: number, asked: number): void =>
    cluster.send(client, 'a0', { type: 'request', seqno, request: Uint8Array.of(asked) });
  const handled = () => cluster.replicas.map(({ executor }) => (executor.app as Echo).handled);
  return { cluster, ask, handled };
}

const answers = (cluster: RunningReplicas): readonly string[] =>
  cluster.replies().map(({ client, src, msg }) => `${src} to ${client}: ${show(msg)}`);

const show = (msg: Message): string =>
  msg.type === 'reply' ? `#${msg.seqno} ${[...msg.reply]}` : msg.type;

test('who proposed a batch answers, and all remember', () => {
  const { cluster, ask, handled } = led(DEFAULT);
  ask('01', 1, 7);
  ask('02', 1, 8);
  cluster.settle();
  expect(answers(cluster)).toEqual(['a0 to 01: #1 7', 'a0 to 02: #1 8']);
  for (const { executor } of cluster.replicas) {
    const cached = [...executor.replyCache].map(([client, { seqno, reply }]) => [
      client,
      seqno,
      ...reply,
    ]);
    expect(cached).toEqual([
      ['01', 1, 7],
      ['02', 1, 8],
    ]);
  }
  expect(handled()).toEqual([
    [7, 8],
    [7, 8],
    [7, 8],
  ]);
});

test('in the original all replicas answer', () => {
  const { cluster, ask } = led(COMPATIBLE);
  ask('01', 1, 7);
  cluster.pass(20);
  expect(new Set(answers(cluster))).toEqual(
    new Set(['a0 to 01: #1 7', 'b0 to 01: #1 7', 'c0 to 01: #1 7']),
  );
});

test('what is settled is not executed again, unless the original would', () => {
  const twice = (parameters: Parameters) => {
    const { cluster, ask, handled } = led(parameters);
    // Two replicas are asked before either knows that the other was.
    for (const id of ['b0', 'a0']) {
      cluster.send('01', id, { type: 'request', seqno: 30, request: Uint8Array.of(1) });
    }
    cluster.pass(20);
    ask('01', 5, 2);
    cluster.pass(20);
    return { handled: handled()[0], answers: answers(cluster).filter((each) => each < 'b') };
  };
  expect(twice(DEFAULT)).toEqual({
    handled: [1],
    answers: ['a0 to 01: #30 1', 'a0 to 01: #30 1'],
  });
  // The original forgets that it has done the later one, but has seen it in this view.
  expect(twice(COMPATIBLE)).toEqual({ handled: [1], answers: ['a0 to 01: #30 1'] });
});

test('the client served longest ago is forgotten first, the same at all replicas', () => {
  const { cluster, ask } = led({ ...DEFAULT, maxCachedReplies: 3 });
  for (const [seqno, client] of ['01', '02', '03', '01', '04', '05'].entries()) {
    ask(client, seqno, 1);
    cluster.settle();
  }
  for (const { executor } of cluster.replicas) {
    expect([...executor.replyCache.keys()]).toEqual(['01', '04', '05']);
  }
});

test('a reply that is too long becomes an empty one everywhere, and is counted', () => {
  const { cluster, ask } = led(DEFAULT);
  ask('01', 1, 98);
  cluster.settle();
  expect(answers(cluster)).toEqual(['a0 to 01: #1 ']);
  expect(cluster.replicas.map(({ counters }) => counters.repliesTooLong)).toEqual([1, 1, 1]);
});

test('what a service throws ends its server', () => {
  const { cluster, ask } = led(DEFAULT);
  ask('01', 1, 99);
  expect(() => cluster.settle()).toThrow(
    'the service Echo failed on a request of 1 bytes of client 01: no 99 here',
  );
});

test.each([
  ['a string', 'hello', 'gave "hello", where a Uint8Array must be'],
  ['nothing', undefined, 'gave undefined, where'],
  ['numbers', [1, 2], 'gave an object of Array, where'],
  ['a promise', Promise.resolve(new Uint8Array(1)), 'gave a promise: it must not be async'],
])('%s is no reply', (_, given, message) => {
  const { cluster, ask } = led(DEFAULT);
  for (const { executor } of cluster.replicas) {
    executor.app.handleRequest = () => given as unknown as Uint8Array;
  }
  ask('01', 1, 1);
  expect(() => cluster.settle()).toThrow(TypeError);
  ask('01', 2, 1);
  expect(() => cluster.settle()).toThrow(`handleRequest of the service Echo ${message}`);
});
