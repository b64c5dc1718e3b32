import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { type Parts, replica } from '../../../harness/testing/rslReplicas.ts';
import { EXECUTED, FIRST, SECOND } from '../../../harness/testing/rslScenes.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import { restartReplica } from '../../../protocol/rsl/replica.ts';
import { stepInvariants } from '../invariants.ts';

const FURTHER: Parts = {
  proposer: { maxBallotSent1a: SECOND },
  election: { view: SECOND },
  acceptor: { maxBallot: SECOND, logTruncationPoint: 1, lastCheckpointed: [1, 2, 1] },
  learner: { maxBallotSeen: FIRST },
  executor: { ...EXECUTED, checkpoint: EXECUTED },
};

/** Each goes back in one point from where a replica has come to. */
const STEPS: readonly (readonly [law: string, because: string, back: Parts])[] = [
  [
    'R18',
    'the ballots that a replica attempts rise',
    { proposer: { maxBallotSent1a: { seqno: 0, proposer: 1 } } },
  ],
  ['R28', 'a view is never taken back', { election: { view: FIRST } }],
  [
    'R28',
    'the highest ballot seen is never taken back',
    { learner: { maxBallotSeen: { seqno: 0, proposer: 1 } } },
  ],
  ['R28', 'a promise is never taken back', { acceptor: { maxBallot: FIRST } }],
  ['R28', 'what is forgotten stays forgotten', { acceptor: { logTruncationPoint: 0 } }],
  [
    'R28',
    'the checkpoints known of replicas are never taken back',
    { acceptor: { lastCheckpointed: [1, 1, 1] } },
  ],
  ['R28', 'what is executed stays executed', { executor: { operationsComplete: 0 } }],
  [
    'R28',
    'a checkpoint is never taken back',
    { executor: { checkpoint: { ...EXECUTED, operationsComplete: 0 } } },
  ],
];

const come = replica(FURTHER);

/** Every law of steps that this step breaks, with its clause. */
const broken = (before: Replica, after: Replica): readonly string[] =>
  Object.entries(stepInvariants).flatMap(([number, law]) => {
    const verdict = law(before, after);
    return verdict === undefined ? [] : [`${number}: ${verdict.failed}`];
  });

describe('what is never taken back', () => {
  test.each(STEPS)('%s: ✗ %s', (law, because, back) => {
    const parts = Object.keys(back) as (keyof Parts)[];
    const merged = parts.map((part) => [
      part,
      { ...(FURTHER[part] as object), ...(back[part] as object) },
    ]);
    const after = replica({ ...FURTHER, ...Object.fromEntries(merged) });
    expect(broken(come, after)).toEqual([`${law}: ${because}`]);
    expect(broken(after, come)).toEqual([]);
  });

  test('has no clause that never fails', () => {
    const clauses = clausesOf(new URL('./progress.ts', import.meta.url));
    expect(
      untried(
        clauses,
        STEPS.map(([, because]) => because),
      ),
    ).toEqual([]);
  });

  test('is taken back by a restart, as far as nobody was told of it', () => {
    const executed = { ...EXECUTED, operationsComplete: 2 };
    const before = replica({ executor: { ...executed, checkpoint: EXECUTED } });
    expect(broken(before, restartReplica(before))).toContain(
      'R28: what is executed stays executed',
    );
  });

  test('is not the ballot that is reflected: a state taken over may reflect a lower one', () => {
    const reflected = replica({
      ...FURTHER,
      executor: { ...EXECUTED, maxBallotReflected: SECOND },
    });
    const further = { ...EXECUTED, operationsComplete: 2, checkpoint: EXECUTED };
    expect(broken(reflected, replica({ ...FURTHER, executor: further }))).toEqual([]);
  });
});
