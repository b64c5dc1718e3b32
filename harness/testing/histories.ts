/**
 * # Small histories
 *
 * Calls to the applications, drawn at random, what clients see of them, and whether there is an
 * order of them, found by trying them all.
 */
import fc from 'fast-check';
import type { Call, CallModel } from '../../refinement/framework/linearizability.ts';
import type { CallTable } from '../../refinement/framework/linearizing/timeline.ts';
import { counterCalls } from '../../refinement/rsl/histories/counter.ts';
import { KeyValueCalls } from '../../refinement/rsl/histories/keyValue.ts';
import type { Application } from '../../spec/apps/application.ts';
import { counter, INCREMENT } from '../../spec/apps/counter.ts';
import { keyValue } from '../../spec/apps/keyValue.ts';
import { encodeReply, encodeRequest } from '../../spec/apps/keyValueMessages.ts';
import { type Bytes, u64 } from '../../spec/framework/bytes.ts';

/**
 * Whether there is an order, by trying them all on the application itself: no partitions, nothing
 * remembered, nothing left out.
 */
export function hasOrder(application: Application, calls: readonly Call[]): boolean {
  const place = (state: unknown, left: readonly Call[]): boolean => {
    const firstReply = Math.min(
      ...left.map(({ completed }) => completed ?? Number.POSITIVE_INFINITY),
    );
    if (firstReply === Number.POSITIVE_INFINITY) return true;
    return left.some((call) => {
      if (call.invoked > firstReply) return false;
      const { state: after, reply } = application.handle(state, call.request);
      if (call.reply !== undefined && call.reply !== reply) return false;
      return place(
        after,
        left.filter((other) => other !== call),
      );
    });
  };
  return place(application.initial, calls);
}

/** An application, how its calls are modelled, and what it may be asked and might answer. */
export interface Asked {
  readonly application: Application;
  readonly model: () => CallModel;
  readonly request: fc.Arbitrary<Bytes>;
  readonly reply: fc.Arbitrary<Bytes>;
}

const VALUE = fc.constantFrom('1', '2', '3');
const NONSENSE = fc.constantFrom('', '\x00\xff', u64(1));

const keyValueRequest = (key: fc.Arbitrary<string>): fc.Arbitrary<Bytes> =>
  fc.oneof(
    { weight: 4, arbitrary: key.map((k) => encodeRequest({ type: 'get', key: k })) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(key, VALUE)
        .map(([k, value]) => encodeRequest({ type: 'set', key: k, value })),
    },
    { weight: 2, arbitrary: key.map((k) => encodeRequest({ type: 'delete', key: k })) },
    { weight: 1, arbitrary: NONSENSE },
  );

const KEY_VALUE_REPLY: fc.Arbitrary<Bytes> = fc.oneof(
  { weight: 3, arbitrary: VALUE.map((value) => encodeReply({ type: 'getFound', value })) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(
        'getUnfound' as const,
        'setSuccess' as const,
        'setFailure' as const,
        'deleteFound' as const,
        'deleteUnfound' as const,
        'invalidRequest' as const,
      )
      .map((type) => encodeReply({ type })),
  },
  { weight: 1, arbitrary: fc.constant('\x00') },
);

export const askedKeyValue = (...keys: readonly string[]): Asked => ({
  application: keyValue,
  model: () => new KeyValueCalls(),
  request: keyValueRequest(fc.constantFrom(...keys)),
  reply: KEY_VALUE_REPLY,
});

export const ASKED_COUNTER: Asked = {
  application: counter,
  model: () => counterCalls,
  request: fc.oneof(
    { weight: 6, arbitrary: fc.constant(INCREMENT) },
    { weight: 1, arbitrary: NONSENSE },
  ),
  reply: fc.oneof(
    { weight: 9, arbitrary: fc.nat(6).map((count) => u64(count)) },
    { weight: 1, arbitrary: fc.constantFrom('', u64(2n ** 64n - 1n)) },
  ),
};

/** When a call is made, and how many moments later it takes effect and is answered, if ever. */
export interface DrawnCall {
  readonly request: Bytes;
  readonly made: number;
  readonly effect: number;
  readonly reply: number;
  readonly fate: 'answered' | 'effective' | 'lost';
}

export const drawnCall = (request: fc.Arbitrary<Bytes>): fc.Arbitrary<DrawnCall> =>
  fc.record({
    request,
    made: fc.nat(12),
    effect: fc.nat(4),
    reply: fc.nat(4),
    fate: fc.oneof(
      { weight: 6, arbitrary: fc.constant('answered' as const) },
      { weight: 1, arbitrary: fc.constantFrom('effective' as const, 'lost' as const) },
    ),
  });

/** What clients see of an application that takes these calls when they say, one after the other. */
export function seenBy(application: Application, calls: readonly DrawnCall[]): readonly Call[] {
  const history = new Map<DrawnCall, Call>();
  let { initial: state } = application;
  const inOrder = calls.toSorted((a, b) => a.made + a.effect - (b.made + b.effect));
  for (const call of inOrder) {
    const { made, effect, reply: later, fate, request } = call;
    let reply: Bytes | undefined;
    if (fate !== 'lost') ({ state, reply } = application.handle(state, request));
    const isAnswered = fate === 'answered';
    history.set(call, {
      client: `client${calls.indexOf(call)}`,
      invoked: made,
      request,
      completed: isAnswered ? made + effect + later : undefined,
      reply: isAnswered ? reply : undefined,
    });
  }
  return calls.map((call) => history.get(call) as Call);
}

/** Histories of which up to two answers may be wrong. */
export function doubtfulHistory({ application, request, reply }: Asked): fc.Arbitrary<Call[]> {
  const calls = fc.array(drawnCall(request), { minLength: 1, maxLength: 7 });
  const lies = fc.array(fc.record({ at: fc.nat(), reply }), { maxLength: 2 });
  return fc.tuple(calls, lies).map(([drawn, told]) => {
    const history = [...seenBy(application, drawn)];
    for (const { at, reply: other } of told) {
      const index = at % history.length;
      const call = history[index] as Call;
      if (call.reply !== undefined) history[index] = { ...call, reply: other };
    }
    return history;
  });
}

/** A history as a table, if all its calls are of one partition, and have a reply or are unknown. */
export function tableOf(model: CallModel, calls: readonly Call[]): CallTable {
  const table = {
    client: [] as number[],
    invoked: [] as number[],
    completed: [] as number[],
    op: [] as number[],
  };
  for (const [client, { invoked, completed, request, reply }] of calls.entries()) {
    const read = model.read(request, reply);
    if (read === undefined) continue;
    table.client.push(client);
    table.invoked.push(invoked);
    table.completed.push(completed ?? Number.POSITIVE_INFINITY);
    table.op.push(read.op);
  }
  return table;
}
