import { describe, expect, test } from 'vitest';
import { clientScene as scene } from '../../harness/testing/clientScene.ts';
import { replyMessage, replyTo } from '../../harness/testing/fakeReplicas.ts';
import {
  ClientClosedError,
  FateUnknownError,
  RequestAbortedError,
  type RequestError,
  RequestTimeoutError,
  RequestTooLongError,
} from './errors.ts';

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
