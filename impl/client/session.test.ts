import { describe, expect, test } from 'vitest';
import { DELAY, clientScene as scene } from '../../harness/testing/clientScene.ts';
import { replyMessage, replyTo } from '../../harness/testing/fakeReplicas.ts';

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

  test('is asked over new connections when nobody says a word for long, and ever less often', () => {
    const { replicas, sentNow, submit, timers } = scene({ timeout: Number.POSITIVE_INFINITY });
    replicas.lead(undefined);
    submit(2);
    timers.pass(4900);
    expect(replicas.renewals).toBe(0);
    timers.pass(5000);
    expect(replicas.renewals).toBe(3);
    expect(sentNow().slice(-3)).toEqual(['0: 0 1', '1: 0 1', '2: 0 1']);
    timers.pass(600_000);
    expect(replicas.renewals).toBeGreaterThanOrEqual(3 * 9);
    expect(replicas.renewals).toBeLessThanOrEqual(3 * 14);
  });

  test('keeps its connection, however silent it is, while another answers', async () => {
    const { ask, replicas, timers } = scene({ inFlight: 1 });
    replicas.pause(0, true);
    replicas.pause(2, true);
    replicas.lead(1);
    for (let each = 0; each < 100; each++) {
      const [answer] = ask(1);
      timers.pass(each === 0 ? 2000 : 300);
      await answer;
    }
    expect(replicas.renewals).toBe(0);
  });
});
