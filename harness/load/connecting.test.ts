import { expect, test } from 'vitest';
import { connectEach } from './connecting.ts';

const plain = { useSsl: false };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('clients connect a few at a time, each once, under identities of their own', async () => {
  const threads: number[] = [];
  const endPoints = new Set<string>();
  let connecting = 0;
  let most = 0;
  await connectEach(plain, 100, async (thread, { endPoint }) => {
    threads.push(thread);
    endPoints.add(endPoint);
    most = Math.max(most, ++connecting);
    await turn();
    connecting--;
  });
  expect(threads).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(endPoints.size).toBe(100);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});

test('no more connect once one has failed', async () => {
  let connected = 0;
  const connecting = connectEach(plain, 1000, async (thread) => {
    await turn();
    if (thread === 20) throw new Error('no more');
    connected++;
  });
  await expect(connecting).rejects.toThrow('no more');
  await turn();
  expect(connected).toBeLessThan(40);
});

test('no more connect once that is given up', async () => {
  const stop = new AbortController();
  let connected = 0;
  const connect = async (): Promise<void> => {
    await turn();
    if (++connected === 20) stop.abort();
  };
  await connectEach(plain, 1000, connect, stop.signal);
  expect(connected).toBeLessThan(40);
});
