import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { ballot, COMPATIBLE, PARAMETERS, replica } from '../../../harness/testing/rslReplicas.ts';
import { SETTING, X, Y } from '../../../harness/testing/rslScenes.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { EndPoint, Packet } from '../../../spec/framework/environment.ts';
import { RESTART } from '../../framework/systemRefinement.ts';
import { Ghost } from '../ghost.ts';
import { replicaInvariants } from '../invariants.ts';

/** In its own ballot, unless another replica is to be its proposer, it has decided on two requests. */
const deciding = (proposer = 1, parameters = PARAMETERS): Replica =>
  replica(
    {
      executor: {
        operationsComplete: 4,
        maxBallotReflected: ballot(2, 0),
        decided: { batch: [X, Y], ballot: ballot(1, proposer) },
      },
    },
    parameters,
  );

const REPLIES = new Map([
  ['x', { seqno: 1, reply: 'to x' }],
  ['y', { seqno: 1, reply: 'to y' }],
]);

const executed = (before: Replica, changes: Partial<Replica['executor']> = {}): Replica => ({
  ...before,
  executor: {
    ...before.executor,
    operationsComplete: 5,
    replyCache: REPLIES,
    decided: undefined,
    ...changes,
  },
});

const tells = (dst: EndPoint, reply = `to ${dst}`): Packet<Message> => ({
  src: 'b',
  dst,
  msg: { type: 'reply', seqno: 1, reply },
});

const BOTH = [tells('x'), tells('y')];

/** What R28 and R32 say of a step of replica b. */
function judged(
  before: Replica,
  state: Replica,
  sends: readonly Packet<Message>[],
  { action = 'execute', packet = undefined as Packet<Message> | undefined } = {},
): readonly string[] {
  const whole = {
    states: [],
    ghost: new Ghost({ ...SETTING, parameters: state.constants.parameters }),
  };
  whole.ghost.act({ host: 1, action, before, packet, step: { state, sends } });
  return ['R28', 'R32'].flatMap((number) => {
    const verdict = replicaInvariants[number]?.(state, whole, 1);
    return verdict === undefined ? [] : [`${number}: ${verdict.failed}`];
  });
}

const SINKS = 'the ballot reflected sinks only where a state is taken over';
const LEAVES = 'who executes another’s proposal leaves the answers to it';
const ANSWERS = 'who executes its own proposal answers everyone in it';

const own = deciding();
const others = deciding(0);
const original = deciding(0, COMPATIBLE);
const low = { maxBallotReflected: ballot(1, 1) };

const WRONG: readonly (readonly [string, string, Replica, Replica, readonly Packet<Message>[]])[] =
  [
    ['R28', SINKS, own, executed(own, low), BOTH],
    ['R32', LEAVES, others, executed(others), BOTH],
    ['R32', LEAVES, others, executed(others), [tells('y')]],
    ['R32', ANSWERS, own, executed(own), []],
    ['R32', ANSWERS, own, executed(own), [tells('x')]],
    ['R32', ANSWERS, own, executed(own), [tells('x'), tells('z', 'to y')]],
    ['R32', ANSWERS, original, executed(original), []],
  ];

describe('a step in which a replica executes', () => {
  test.each(WRONG)('%s: ✗ %s', (law, because, before, after, sends) => {
    expect(judged(before, after, sends)).toEqual([`${law}: ${because}`]);
  });

  test.each([
    ['answers for its own proposal', own, executed(own), BOTH],
    ['is silent about another’s', others, executed(others), []],
    ['answers whoever has proposed it, in the original', original, executed(original), BOTH],
    [
      'says nothing of what a later request in the batch has settled',
      own,
      executed(own, { replyCache: new Map([['x', { seqno: 2, reply: 'later' }]]) }),
      [tells('x', 'later')],
    ],
    ['reflects the higher ballot', own, executed(own, { maxBallotReflected: ballot(2, 1) }), BOTH],
  ] as const)('%s', (_, before, after, sends) => {
    expect(judged(before, after, sends)).toEqual([]);
  });

  test('is not one in which a state is taken over, or what was executed is lost', () => {
    const packet: Packet<Message> = { src: 'a', dst: 'b', msg: { type: 'invalid' } };
    expect(judged(own, executed(own, low), [], { action: 'adoptState', packet })).toEqual([]);
    expect(judged(own, executed(own, low), [], { action: RESTART })).toEqual([]);
  });

  test('is one without which nobody is answered, or asked to be', () => {
    const later = { ...own, nextHeartbeat: 9 };
    expect(judged(own, later, [])).toEqual([]);
  });

  test('has no clause that never fails', () => {
    const clauses = clausesOf(new URL('./executing.ts', import.meta.url));
    expect(
      untried(
        clauses,
        WRONG.map(([, because]) => because),
      ),
    ).toEqual([]);
  });
});
