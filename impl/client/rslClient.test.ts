import { describe, expect, test } from 'vitest';
import { FakeReplicas, replyMessage, replyTo } from '../../harness/testing/fakeReplicas.ts';
import { VirtualTimers } from '../../harness/testing/virtualTimers.ts';
import {
  ClientClosedError,
  FateUnknownError,
  RequestAbortedError,
  type RequestError,
  RequestTimeoutError,
  RequestTooLongError,
} from './errors.ts';
import { RslClient, type RslClientOptions, type SubmitOptions } from './rslClient.ts';

const DELAY = 10;

/** A client of three connected replicas, of which the first leads. */
function scene(options: RslClientOptions = {}, allReply = false) {
  const timers = new VirtualTimers();
  const replicas = new FakeReplicas({ servers: 3, allReply, delay: DELAY }, timers, 7);
  const client = RslClient.over(replicas.network, timers, options);
  for (const server of [0, 1, 2]) replicas.connect(server);
  let requests = 0;
  /** Makes some requests; gives what becomes of each. */
  const ask = (count: number, more: SubmitOptions = {}): Promise<string | RequestError>[] =>
    Array.from({ length: count }, () =>
      client.submit(Buffer.from(`${requests++}`), more).then(
        (reply) => Buffer.from(reply).toString(),
        (error: RequestError) => error,
      ),
    );
  /** Makes some requests, whatever becomes of them. */
  const submit = (count: number): void => void ask(count);
  /** What has been sent since this was asked last, such as `0: 3 4`, server and numbers. */
  const sentNow = (): string[] => {
    const lines: string[] = [];
    for (const { server, number } of replicas.sent.splice(0)) {
      if (lines.at(-1)?.startsWith(`${server}:`)) lines.push(`${lines.pop()} ${number}`);
      else lines.push(`${server}: ${number}`);
    }
    return lines;
  };
  /** Has some requests answered, so that it is known who leads. */
  const warmUp = async (count = 1): Promise<void> => {
    for (const answer of ask(count)) {
      timers.pass(5 * DELAY);
      await answer;
    }
    sentNow();
  };
  return { timers, replicas, client, ask, submit, sentNow, warmUp };
}

describe('whom a client asks', () => {
  test('is at first the first server, and then whoever leads', async () => {
    const { client, replicas, sentNow, submit, timers, warmUp } = scene();
    submit(1);
    expect(sentNow()).toEqual(['0: 0']);
    timers.pass(3 * DELAY);
    expect(client.leader).toBe(0);
    replicas.lead(2);
    submit(1);
    timers.pass(1500);
    await warmUp();
    expect(client.leader).toBe(2);
    expect(client.counters.leaderChanges).toBe(1);
    submit(1);
    expect(sentNow()).toEqual(['2: 3']);
  });

  test('is everybody, at once and in order, when the connection of the leader breaks', async () => {
    const { replicas, sentNow, submit, warmUp } = scene();
    await warmUp();
    submit(3);
    expect(sentNow()).toEqual(['0: 1 2 3']);
    replicas.disconnect(0);
    expect(sentNow()).toEqual(['1: 1 2 3', '2: 1 2 3']);
    submit(1);
    expect(sentNow()).toEqual(['1: 4', '2: 4']);
    replicas.connect(0);
    expect(sentNow()).toEqual(['0: 1 2 3 4']);
  });

  test('is everybody when its connection broke while nothing was under way', async () => {
    const { replicas, sentNow, submit, warmUp } = scene();
    await warmUp();
    replicas.disconnect(0);
    replicas.connect(0);
    submit(1);
    expect(sentNow()).toEqual(['0: 1', '1: 1', '2: 1']);
  });

  test('is everybody when nobody has answered for as long as it takes to retry', async () => {
    const { client, replicas, sentNow, submit, timers, warmUp } = scene({ retry: 700 });
    await warmUp();
    replicas.lead(undefined);
    submit(2);
    expect(sentNow()).toEqual(['0: 1 2']);
    timers.pass(699);
    expect(sentNow()).toEqual([]);
    timers.pass(1);
    expect(sentNow()).toEqual(['0: 1 2', '1: 1 2', '2: 1 2']);
    expect(client.counters).toMatchObject({ retries: 1, resent: 6 });
  });

  test('is everybody soon when another server answers and the leader is silent', async () => {
    const { ask, client, replicas, timers, warmUp } = scene();
    await warmUp();
    replicas.pause(0, true);
    const answers = ask(2);
    replicas.babble(1, replyMessage(1, 'by another leader'));
    replicas.lead(1);
    expect(await answers[0]).toBe('by another leader');
    timers.pass(200);
    expect(await answers[1]).toBe(replyTo('2'));
    expect(client.counters.retries).toBe(0);
  });

  test('does not change where all replicas answer, whoever is first', async () => {
    const { client, replicas, warmUp } = scene({}, true);
    await warmUp(200);
    expect(client.counters).toMatchObject({ retries: 0, resent: 0, repeatedReplies: 400 });
    expect(new Set(replicas.log.map(({ number }) => number)).size).toBe(200);
    expect(client.leader).toBe(0);
  });

  test.each([1, 2])(
    'is the new leader %i alone, also where all replicas answer',
    async (leader) => {
      const { ask, client, replicas, sentNow, submit, timers, warmUp } = scene({}, true);
      await warmUp(20);
      replicas.disconnect(0);
      replicas.lead(leader);
      const answers = ask(1);
      for (let each = 0; each < 20; each++) {
        timers.pass(100);
        answers.push(...ask(1));
      }
      timers.pass(1000);
      expect((await Promise.all(answers)).every((answer) => typeof answer === 'string')).toBe(true);
      expect(client.leader).toBe(leader);
      expect(client.counters.retries).toBeLessThanOrEqual(2);
      sentNow();
      submit(1);
      expect(sentNow()).toEqual([`${leader}: 41`]);
    },
  );

  test('is not hurried when everybody is asked in vain again and again', () => {
    const { client, replicas, submit, timers } = scene({ retry: 1000 });
    replicas.lead(undefined);
    submit(1);
    timers.pass(30_000);
    expect(client.counters.retries).toBeGreaterThanOrEqual(5);
    expect(client.counters.retries).toBeLessThanOrEqual(12);
  });

  test('is asked over a new connection when the old one is silent for long', () => {
    const { replicas, sentNow, submit, timers } = scene();
    replicas.lead(undefined);
    submit(2);
    timers.pass(4900);
    expect(replicas.renewals).toBe(0);
    timers.pass(5000);
    expect(replicas.renewals).toBe(3);
    expect(sentNow().slice(-3)).toEqual(['0: 0 1', '1: 0 1', '2: 0 1']);
  });
});

describe('a request', () => {
  test('waits for its turn while as many as may be are under way', async () => {
    const { ask, client, sentNow, timers } = scene({ inFlight: 2 });
    const answers = ask(5);
    expect(sentNow()).toEqual(['0: 0 1']);
    expect([client.inFlight, client.waiting]).toEqual([2, 3]);
    timers.pass(1000);
    expect(await Promise.all(answers)).toEqual(['0', '1', '2', '3', '4'].map(replyTo));
    expect([client.inFlight, client.waiting]).toEqual([0, 0]);
  });

  test('waits while the connection has no room, and goes out in its order', () => {
    const { replicas, sentNow, submit } = scene();
    replicas.fill(0, true);
    submit(4);
    expect(sentNow()).toEqual(['0: 0']);
    replicas.fill(0, false);
    expect(sentNow()).toEqual(['0: 1 2 3']);
  });

  test('fails when a later one was answered, after a moment in which its reply may come', async () => {
    const { ask, client, replicas, timers, warmUp } = scene();
    await warmUp();
    replicas.lead(undefined);
    const [early, lost, late] = ask(3);
    replicas.babble(0, replyMessage(3, 'third'));
    replicas.babble(1, replyMessage(1, 'first'));
    expect([await early, await late]).toEqual(['first', 'third']);
    timers.pass(99);
    expect(client.inFlight).toBe(1);
    timers.pass(1);
    const error = await lost;
    expect(error).toBeInstanceOf(FateUnknownError);
    expect((error as RequestError).fate).toBe('unknown');
    expect(client.counters.overtaken).toBe(1);
  });

  test('fails when its time is up, and says whom it asked and who is away', async () => {
    const { ask, replicas, timers } = scene({ timeout: 900, retry: 500, inFlight: 1 });
    replicas.lead(undefined);
    replicas.disconnect(2);
    const [sent, waiting] = ask(2);
    timers.pass(900);
    const errors = (await Promise.all([sent, waiting])) as RequestTimeoutError[];
    for (const error of errors) expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(errors.map(({ message }) => message)).toEqual([
      'No reply within 900 ms from server 0, server 1 (no connection with server 2: it is down): '
        + 'it may have been executed, or still be',
      'No reply within 900 ms because nobody could be asked (no connection with server 2: it is '
        + 'down): it was not sent, and will not be executed',
    ]);
    expect(errors.map(({ fate }) => fate)).toEqual(['unknown', 'never sent']);
  });

  test('that is aborted is not sent any more, and its number is not used again', async () => {
    const { ask, replicas, sentNow, submit, warmUp } = scene({ inFlight: 2 });
    await warmUp();
    const stop = new AbortController();
    const [sent, , waiting] = ask(3, { signal: stop.signal });
    stop.abort('enough');
    const errors = (await Promise.all([sent, waiting])) as RequestAbortedError[];
    expect(errors.map(({ name, fate, cause }) => [name, fate, cause])).toEqual([
      ['AbortError', 'unknown', 'enough'],
      ['AbortError', 'never sent', 'enough'],
    ]);
    submit(1);
    replicas.disconnect(0);
    expect(sentNow()).toEqual(['0: 1 2 3', '1: 3', '2: 3']);
    const [refused] = ask(1, { signal: stop.signal });
    expect(await refused).toBeInstanceOf(RequestAbortedError);
  });

  test('fails when the client is closed, and so does every later one', async () => {
    const { ask, client, timers } = scene({ inFlight: 1 });
    const answers = ask(2);
    client.close();
    client.close();
    const errors = (await Promise.all([...answers, ...ask(1)])) as ClientClosedError[];
    for (const error of errors) expect(error).toBeInstanceOf(ClientClosedError);
    expect(errors.map(({ fate }) => fate)).toEqual(['unknown', 'never sent', 'never sent']);
    timers.pass(100_000);
    expect(client.inFlight).toBe(0);
  });

  test('longer than any server accepts is refused', async () => {
    const { client } = scene();
    const longest = 128 * 1024 * 1024;
    await expect(client.submit(new Uint8Array(longest + 1))).rejects.toThrow(RequestTooLongError);
  });

  test('is not changed by what its caller does to the bytes', async () => {
    const { client, timers } = scene();
    const bytes = Buffer.from('as it was');
    const answer = client.submit(bytes);
    bytes.fill(0);
    timers.pass(100);
    expect(Buffer.from(await answer).toString()).toBe(replyTo('as it was'));
  });
});

test('a reply to what was not sent yet is none', () => {
  const { client, replicas, submit } = scene();
  replicas.fill(0, true);
  submit(2);
  replicas.babble(0, replyMessage(1, 'x'));
  expect(client.counters).toMatchObject({ malformedReplies: 1, replies: 0 });
});

test('what is no reply is counted, and nothing else comes of it', async () => {
  const { ask, client, replicas, timers } = scene();
  const [answer] = ask(1);
  const proper = replyMessage(0, 'x');
  const wrong = [
    new Uint8Array(0),
    proper.subarray(0, 24),
    proper.subarray(1),
    Buffer.concat([proper, Buffer.of(0)]),
    replyMessage(1, 'of a number that was not given yet'),
    Buffer.concat([Buffer.alloc(8), proper.subarray(8)]),
    Buffer.alloc(24, 0xff),
  ];
  for (const message of wrong) replicas.babble(0, message);
  expect(client.counters).toMatchObject({ malformedReplies: wrong.length, replies: 0 });
  timers.pass(100);
  expect(await answer).toBe(replyTo('0'));
});
