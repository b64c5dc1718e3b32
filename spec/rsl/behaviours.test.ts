import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counter, INCREMENT } from '../apps/counter.ts';
import { keyValue } from '../apps/keyValue.ts';
import { encodeRequest } from '../apps/keyValueMessages.ts';
import type { EndPoint, Packet } from '../framework/environment.ts';
import { Log } from '../framework/log.ts';
import {
  correspondence,
  type Executed,
  execute,
  init,
  next,
  nextAtMostOnce,
  type ReplyMessage,
  type Request,
  type RequestMessage,
  type State,
} from './service.ts';

const SERVERS = new Set(['a', 'b']);
const CLIENTS = ['x', 'y', 'z', 'w'];

const KEYS = fc.constantFrom('k', 'l');
const ASKED = fc.oneof(
  fc.record({ type: fc.constantFrom('get' as const, 'delete' as const), key: KEYS }),
  fc.record({ type: fc.constant('set' as const), key: KEYS, value: fc.string({ maxLength: 2 }) }),
);

const REQUEST: fc.Arbitrary<Request> = fc.record({
  client: fc.constantFrom(...CLIENTS),
  seqno: fc.nat({ max: 3 }),
  request: fc.oneof(ASKED.map(encodeRequest), fc.constant('not a request')),
});

const BATCHES = fc.array(fc.array(REQUEST, { maxLength: 4 }), { maxLength: 6 });

const initially = (app: unknown): State => ({ servers: SERVERS, app, executed: Log.of() });

/** What clients and a server say when this takes effect. */
const packetsOf = ({ client, seqno, request, reply }: Executed) => {
  const asked: Packet<RequestMessage> = {
    src: client,
    dst: 'a',
    msg: { type: 'request', seqno, request },
  };
  const answered: Packet<ReplyMessage> = {
    src: 'b',
    dst: client,
    msg: { type: 'reply', seqno, reply },
  };
  return { asked, answered };
};

/** The client table: what servers remember, the latest client last. Whether it lets this pass. */
function passes(table: Map<EndPoint, number>, { client, seqno }: Request, sessions: number) {
  const last = table.get(client);
  if (last !== undefined && seqno <= last) return false;
  table.delete(client);
  table.set(client, seqno);
  for (const oldest of table.keys()) {
    if (table.size <= sessions) break;
    table.delete(oldest);
  }
  return true;
}

describe('rsl: behaviours', () => {
  test('are what execute runs, and every reply to what was asked corresponds', () => {
    fc.assert(
      fc.property(BATCHES, (batches) => {
        let s = initially(keyValue.initial);
        expect(init(s, keyValue, SERVERS)).toBeUndefined();
        for (const batch of batches) {
          const t = execute(s, batch, keyValue);
          expect(t.executed.length).toBe(s.executed.length + batch.length);
          expect(next(s, t, keyValue)).toBeUndefined();
          s = t;
        }
        const said = [...s.executed].map(packetsOf);
        const asked = said.map((packets) => packets.asked);
        const answered = said.map((packets) => packets.answered);
        expect(correspondence([...asked, ...answered], s)).toBeUndefined();
      }),
    );
  });

  test('cannot be cut into batches in a way that next would see', () => {
    fc.assert(
      fc.property(BATCHES, (batches) => {
        const s = initially(keyValue.initial);
        const once = execute(s, batches.flat(), keyValue);
        const cut = batches.reduce((state, batch) => execute(state, batch, keyValue), s);
        expect([...cut.executed]).toEqual([...once.executed]);
        expect(next(s, cut, keyValue)).toBeUndefined();
        expect(next(once, cut, keyValue)).toBeUndefined();
      }),
    );
  });

  test('have no reply that another order of what took effect would give', () => {
    const two = fc.array(REQUEST, { minLength: 2, maxLength: 6 });
    let refused = 0;
    fc.assert(
      fc.property(two, fc.nat(), (batch, cut) => {
        const s = initially(keyValue.initial);
        const rows = [...execute(s, batch, keyValue).executed];
        const middle = 1 + (cut % (rows.length - 1));
        const turned = [...rows.slice(middle), ...rows.slice(0, middle)];
        const rerun = execute(s, turned, keyValue);
        const asTold = { ...rerun, executed: Log.of(...turned) };
        const same = turned.every((row, index) => row.reply === rerun.executed.at(index)?.reply);
        if (!same) refused++;
        expect(next(s, asTold, keyValue) === undefined).toBe(same);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
  });
});

describe('rsl: behaviours, at most once', () => {
  const INCREMENTS = fc.array(
    fc.record({
      client: fc.constantFrom(...CLIENTS),
      seqno: fc.nat({ max: 4 }),
      request: fc.constant(INCREMENT),
    }),
    { maxLength: 12 },
  );

  test('are those that a table of the latest clients lets pass', () => {
    const verdicts = { passed: 0, refused: 0 };
    fc.assert(
      fc.property(INCREMENTS, fc.nat({ max: 4 }), (requests, sessions) => {
        const table = new Map<EndPoint, number>();
        let s = initially(counter.initial);
        for (const request of requests) {
          const t = execute(s, [request], counter);
          const allowed = nextAtMostOnce(s, t, counter, sessions) === undefined;
          expect(passes(table, request, sessions)).toBe(allowed);
          verdicts[allowed ? 'passed' : 'refused']++;
          if (allowed) s = t;
        }
        // One by one or all at once.
        const fresh = initially(counter.initial);
        expect(nextAtMostOnce(fresh, s, counter, sessions)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(verdicts.passed).toBeGreaterThan(0);
    expect(verdicts.refused).toBeGreaterThan(0);
  });

  test('have nothing twice, where every client has a session', () => {
    fc.assert(
      fc.property(INCREMENTS, (requests) => {
        let s = initially(counter.initial);
        for (const request of requests) {
          const t = execute(s, [request], counter);
          if (nextAtMostOnce(s, t, counter, CLIENTS.length) === undefined) s = t;
        }
        const names = [...s.executed].map(({ client, seqno }) => `${client} ${seqno}`);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});
