import { describe, expect, test } from 'vitest';
import type { Packet } from '../../spec/framework/environment.ts';
import { Random } from './random.ts';
import { type Conversation, PersistentClient, RequestClient } from './requestClient.ts';

/** Requests are their numbers, and so are answers, with a minus. */
const NUMBERS: Conversation<number> = {
  ask: (seqno) => seqno,
  answered: (msg) => (msg < 0 ? -msg : undefined),
};
const HOSTS = ['a', 'b', 'c'];

const answer = (seqno: number, src = 'a'): Packet<number> => ({ src, dst: 'client', msg: -seqno });

/** All that a client sends in so many turns; what it asks is answered at once, or never. */
function talk(seed: number, turns: number, answers: boolean): readonly Packet<number>[] {
  const client = new RequestClient('client', HOSTS, NUMBERS, new Random(seed));
  const said: Packet<number>[] = [];
  for (let turn = 0; turn < turns && client.wakeAt !== Number.POSITIVE_INFINITY; turn++) {
    const now = client.wakeAt;
    const sends = client.act(now);
    said.push(...sends);
    expect(client.wakeAt).toBeGreaterThan(now);
    if (answers) for (const { msg } of sends) client.hear(answer(msg), now);
  }
  return said;
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

describe('a client', () => {
  test('numbers its requests upward, and speaks under its own name', () => {
    for (const seed of SEEDS) {
      const said = talk(seed, 40, true);
      const fresh = said.filter(({ msg }, at) => said.findIndex((each) => each.msg === msg) === at);
      expect(fresh.length).toBeGreaterThan(3);
      const numbers = fresh.map(({ msg }) => msg);
      expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
      expect(said.every(({ src, dst }) => src === 'client' && HOSTS.includes(dst))).toBe(true);
    }
  });

  test('asks again, and in the end every host, until it is answered', () => {
    for (const seed of SEEDS) {
      const said = talk(seed, 4, false);
      const first = said.filter(({ msg }) => msg === said[0]?.msg);
      expect(new Set(first.map(({ dst }) => dst))).toEqual(new Set(HOSTS));
    }
  });

  test('takes the first answer, and asks something else then', () => {
    const client = new RequestClient('client', HOSTS, NUMBERS, new Random(1));
    const [first] = client.act(client.wakeAt);
    client.hear(answer(first?.msg ?? 0, 'a'), 100);
    const { wakeAt } = client;
    client.hear(answer(first?.msg ?? 0, 'b'), 100_000);
    expect(client.wakeAt).toBe(wakeAt);
    expect(client.act(wakeAt).some(({ msg }) => msg > (first?.msg ?? 0))).toBe(true);
  });

  test('now and then asks again what was answered long ago', () => {
    const repeats = SEEDS.filter((seed) => {
      const said = talk(seed, 40, true).map(({ msg }) => msg);
      return said.some((msg, at) => said.slice(0, at).some((earlier) => earlier > msg));
    });
    expect(repeats.length).toBeGreaterThan(10);
    expect(repeats.length).toBeLessThan(SEEDS.length);
  });

  test('may have several requests under way, ask everyone at once, or leave', () => {
    const several = SEEDS.filter(
      (seed) => new Set(talk(seed, 1, false).map(({ msg }) => msg)).size > 1,
    );
    const shouting = SEEDS.filter((seed) => {
      const said = talk(seed, 1, false);
      return said.filter(({ msg }) => msg === said[0]?.msg).length === HOSTS.length;
    });
    const leaving = SEEDS.filter(
      (seed) => talk(seed, 100, false).length < talk(seed, 200, false).length,
    );
    for (const some of [several, shouting, leaving]) {
      expect(some.length).toBeGreaterThan(5);
      expect(some.length).toBeLessThan(SEEDS.length);
    }
  });
});

test('a persistent client asks the same of all, every period, and knows who has answered', () => {
  const request = { client: 'client', seqno: 7, msg: 7 };
  const client = new PersistentClient(request, ['a', 'b'], NUMBERS, 50);
  const asked = [
    { src: 'client', dst: 'a', msg: 7 },
    { src: 'client', dst: 'b', msg: 7 },
  ];
  expect(client.act(0)).toEqual(asked);
  expect(client.wakeAt).toBe(50);
  client.hear(answer(6, 'a'));
  expect(client.answeredBy.size).toBe(0);
  client.hear(answer(7, 'b'));
  expect([...client.answeredBy]).toEqual(['b']);
  expect(client.act(50)).toEqual(asked);
});
