import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Application } from '../../../spec/apps/application.ts';
import { counter, INCREMENT } from '../../../spec/apps/counter.ts';
import { keyValue } from '../../../spec/apps/keyValue.ts';
import { encodeReply, encodeRequest } from '../../../spec/apps/keyValueMessages.ts';
import { type Bytes, u64 } from '../../../spec/framework/bytes.ts';
import { type Call, type CallModel, checkHistory } from '../../framework/linearizability.ts';
import { counterCalls } from './counter.ts';
import { KeyValueCalls } from './keyValue.ts';

/**
 * Whether there is an order, by trying them all on the application itself: no partitions, nothing
 * remembered, nothing left out.
 */
function hasOrder(application: Application, calls: readonly Call[]): boolean {
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

const KEY = fc.constantFrom('a', 'b');
const VALUE = fc.constantFrom('1', '2', '3');
const NONSENSE = fc.constantFrom('', '\x00\xff', u64(1));

const KV_REQUEST: fc.Arbitrary<Bytes> = fc.oneof(
  { weight: 4, arbitrary: KEY.map((key) => encodeRequest({ type: 'get', key })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(KEY, VALUE)
      .map(([key, value]) => encodeRequest({ type: 'set', key, value })),
  },
  { weight: 2, arbitrary: KEY.map((key) => encodeRequest({ type: 'delete', key })) },
  { weight: 1, arbitrary: NONSENSE },
);

const KV_REPLY: fc.Arbitrary<Bytes> = fc.oneof(
  VALUE.map((value) => encodeReply({ type: 'getFound', value })),
  fc
    .constantFrom(
      'getUnfound' as const,
      'setSuccess' as const,
      'setFailure' as const,
      'deleteFound' as const,
      'deleteUnfound' as const,
      'invalidRequest' as const,
    )
    .map((type) => encodeReply({ type })),
  fc.constant('\x00'),
);

const COUNTER_REQUEST = fc.oneof(
  { weight: 6, arbitrary: fc.constant(INCREMENT) },
  { weight: 1, arbitrary: NONSENSE },
);
const COUNTER_REPLY = fc.oneof(
  { weight: 9, arbitrary: fc.nat(6).map((count) => u64(count)) },
  { weight: 1, arbitrary: fc.constantFrom('', u64(2n ** 64n - 1n)) },
);

interface Subject {
  readonly application: Application;
  readonly model: () => CallModel;
  readonly request: fc.Arbitrary<Bytes>;
  readonly reply: fc.Arbitrary<Bytes>;
}

const SUBJECTS: readonly (readonly [string, Subject])[] = [
  [
    'counter',
    {
      application: counter,
      model: () => counterCalls,
      request: COUNTER_REQUEST,
      reply: COUNTER_REPLY,
    },
  ],
  [
    'kv',
    {
      application: keyValue,
      model: () => new KeyValueCalls(),
      request: KV_REQUEST,
      reply: KV_REPLY,
    },
  ],
];

/** When a call is made, takes effect, and is answered: in how many moments each time. */
interface Drawn {
  readonly request: Bytes;
  readonly made: number;
  readonly effect: number;
  readonly reply: number;
  readonly fate: 'answered' | 'effective' | 'lost';
}

const drawn = (request: fc.Arbitrary<Bytes>): fc.Arbitrary<Drawn> =>
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
function seen(application: Application, calls: readonly Drawn[]): Call[] {
  const history = new Map<Drawn, Call>();
  let { initial: state } = application;
  const inOrder = calls.toSorted((a, b) => a.made + a.effect - (b.made + b.effect));
  for (const call of inOrder) {
    const { made, effect, reply: later, fate, request } = call;
    let reply: Bytes | undefined;
    if (fate !== 'lost') ({ state, reply } = application.handle(state, request));
    const client = `client${calls.indexOf(call)}`;
    history.set(call, {
      client,
      invoked: made,
      request,
      ...(fate === 'answered'
        ? { completed: made + effect + later, reply }
        : { completed: undefined, reply: undefined }),
    });
  }
  return calls.map((call) => history.get(call) as Call);
}

describe.each(SUBJECTS)('histories of %s', (_, { application, model, request, reply }) => {
  test('of calls that took effect one after the other are linearizable', () => {
    fc.assert(
      fc.property(fc.array(drawn(request), { maxLength: 40 }), (calls) => {
        const { verdict } = checkHistory(model(), seen(application, calls));
        expect(verdict).toBe('linearizable');
      }),
    );
  });

  test('are linearizable if and only if there is an order, whatever was answered', () => {
    const verdicts = { linearizable: 0, refused: 0, undecided: 0 };
    const lie = fc.record({ at: fc.nat(), reply });
    const calls = fc.array(drawn(request), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(calls, fc.array(lie, { maxLength: 2 }), (drawnCalls, lies) => {
        const history = seen(application, drawnCalls);
        for (const { at, reply: told } of lies) {
          const call = history[at % history.length] as Call;
          if (call.reply !== undefined) history[at % history.length] = { ...call, reply: told };
        }
        const { verdict } = checkHistory(model(), history);
        verdicts[verdict]++;
        expect(verdict).toBe(hasOrder(application, history) ? 'linearizable' : 'refused');
      }),
      { numRuns: 3_000 },
    );
    expect(verdicts.undecided).toBe(0);
    expect(Math.min(verdicts.linearizable, verdicts.refused)).toBeGreaterThan(300);
  });
});
