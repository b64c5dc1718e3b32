import { expect, test } from 'vitest';
import { BackPressure, MAX_CLIENT_LOAD, MAX_LOAD, REQUEST_COST } from './backPressure.ts';
import type { Request } from './messages.ts';
import { Waiting } from './waiting.ts';

const MIB = 1024 * 1024;

function waitingRoom() {
  const held = new Set<string>();
  const calls: string[] = [];
  const backPressure = new BackPressure({
    hold: (src) => {
      calls.push(`hold ${src}`);
      held.add(src);
    },
    release: (src) => {
      calls.push(`release ${src}`);
      held.delete(src);
    },
  });
  const waiting = new Waiting(Number.MAX_SAFE_INTEGER, backPressure);
  const requestOf = (client: string, seqno: number, bytes: number): Request => ({
    client,
    seqno,
    // Nobody looks at the bytes, so they need not be there.
    request: { length: bytes } as Uint8Array,
  });
  const add = (client: string, seqno: number, bytes = 8): void =>
    waiting.add(requestOf(client, seqno, bytes));
  return { held, calls, waiting, backPressure, add };
}

test('a client with 256 requests waiting is held until half are done, once', () => {
  const { held, calls, waiting, add } = waitingRoom();
  for (let seqno = 1; seqno < MAX_CLIENT_LOAD.requests; seqno++) add('01', seqno);
  add('02', 1);
  expect(calls).toEqual([]);
  add('01', 256);
  add('01', 257);
  expect(calls).toEqual(['hold 01']);
  waiting.settle('02', 1);
  waiting.settle('01', 128);
  expect(held).toEqual(new Set(['01']));
  waiting.settle('01', 129);
  expect(calls).toEqual(['hold 01', 'release 01']);
});

test('a client with 64 MiB waiting is held until half are done', () => {
  const { calls, waiting, add } = waitingRoom();
  for (let seqno = 1; seqno <= 3; seqno++) add('01', seqno, 16 * MIB);
  expect(calls).toEqual([]);
  add('01', 4, 16 * MIB);
  expect(calls).toEqual(['hold 01']);
  waiting.settle('01', 2);
  expect(calls).toEqual(['hold 01']);
  waiting.settle('01', 3);
  expect(calls).toEqual(['hold 01', 'release 01']);
});

test('whoever adds to very much is held, and all go on when half of that is done', () => {
  const { held, waiting, backPressure, add } = waitingRoom();
  const each = 32 * MIB - REQUEST_COST;
  const clients = Array.from({ length: MAX_LOAD / (32 * MIB) }, (_, index) => `${index + 10}`);
  for (const client of clients) add(client, 1, each);
  expect([held.size, backPressure.total]).toEqual([0, MAX_LOAD]);
  add('98', 1);
  add('99', 1);
  expect(held).toEqual(new Set(['98', '99']));
  for (const client of clients.slice(0, 4)) waiting.settle(client, 1);
  expect(held).toEqual(new Set(['98', '99']));
  waiting.settle('99', 1);
  expect(held).toEqual(new Set(['98', '99']));
  waiting.settle(clients[4] as string, 1);
  expect([held.size, backPressure.held]).toEqual([0, 0]);
});

test('who has too much himself is not released because all others are done', () => {
  const { held, waiting, add } = waitingRoom();
  for (let client = 10; client < 50; client++) add(`${client}`, 1, 8 * MIB);
  for (let seqno = 1; seqno <= 256; seqno++) add('01', seqno);
  for (let client = 10; client < 50; client++) waiting.settle(`${client}`, 1);
  expect(held).toEqual(new Set(['01']));
  waiting.settle('01', 200);
  expect(held.size).toBe(0);
});
