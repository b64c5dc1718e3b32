import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../../harness/testing/clauses.ts';
import { ballot, promised, REPLICAS } from '../../../harness/testing/rslReplicas.ts';
import {
  but,
  CHOSEN,
  EXECUTED,
  expectWrong,
  FIRST,
  plus,
  propose,
  SECOND,
  says,
  type WrongScene,
  X,
  Y,
} from '../../../harness/testing/rslScenes.ts';
import { NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import type { Message, Promise1b } from '../../../protocol/rsl/messages.ts';
import type { Packet } from '../../../spec/framework/environment.ts';

const from = (src: string, dst: string, msg: Message): Packet<Message> => ({ src, dst, msg });

/** The promises that a has, of which that of c is another. */
const received = (other: Promise1b) => ({
  proposer: {
    received1bs: new Map(REPLICAS.map((src) => [src, src === 'c' ? other : promised(FIRST)])),
  },
});

const supplied = (proposer: number): Packet<Message> =>
  from('c', 'b', {
    type: 'appStateSupply',
    ballot: ballot(1, proposer),
    operation: 1,
    app: EXECUTED.app,
    replyCache: [...EXECUTED.replyCache],
  });

const NOT_PAST = 'a proposer is past what it has proposed';
const ONLY_ITSELF = 'only its proposer leads a ballot';
const USED = 'a ballot is spoken of as used only after its phase 1';
const REFLECTED = 'a ballot is reflected only after its phase 1';
const NOT_ASKED_FOR = 'a ballot that is promised was attempted';

const PROPOSERS: readonly WrongScene[] = [
  [
    'R4',
    'a proposer has attempted the ballots it proposed in',
    'R18 R19 R20 R21 R4',
    but(CHOSEN, 'a', { proposer: { maxBallotSent1a: NO_BALLOT } }),
  ],
  ['R4', NOT_PAST, 'R4', but(CHOSEN, 'a', { proposer: { nextOperation: 0 } })],
  ['R4', NOT_PAST, 'R20 R4', but(CHOSEN, 'a', { proposer: { phase: 1 } })],
  [
    'R4',
    'what a proposer remembers it has proposed',
    'R4',
    but(CHOSEN, 'a', { proposer: { proposed: new Map([[0, [Y]]]) } }),
  ],
  ['R4', ONLY_ITSELF, 'R18 R4', plus(CHOSEN, ...says('b', propose(0, X)))],
  [
    'R16',
    'a proposer has forgotten what those who promised have',
    'R16',
    plus(
      but(
        but(CHOSEN, 'b', { executor: { ...EXECUTED, checkpoint: EXECUTED } }),
        'a',
        received(promised(FIRST, 1)),
      ),
      from('c', 'a', promised(FIRST, 1)),
    ),
  ],
  [
    'R18',
    'a replica attempts its own ballots',
    'R18',
    but(CHOSEN, 'b', { proposer: { maxBallotSent1a: NO_BALLOT } }),
  ],
  [
    'R18',
    'a replica has attempted the ballots that it says',
    'R18',
    plus(CHOSEN, ...says('b', { type: '1a', ballot: SECOND })),
  ],
  ['R18', ONLY_ITSELF, 'R18', plus(CHOSEN, ...says('b', { type: '1a', ballot: FIRST }))],
  [
    'R18',
    ONLY_ITSELF,
    'R18',
    plus(CHOSEN, ...says('b', { type: 'startingPhase2', ballot: FIRST, logTruncationPoint: 0 })),
  ],
  ['R19', NOT_ASKED_FOR, 'R19', but(CHOSEN, 'c', { acceptor: { maxBallot: SECOND } })],
  ['R19', NOT_ASKED_FOR, 'R19', but(CHOSEN, 'c', { acceptor: { maxBallot: ballot(2, 7) } })],
  ['R20', USED, 'R20', plus(CHOSEN, supplied(1))],
  [
    'R20',
    'votes are counted only after phase 1',
    'R20',
    but(CHOSEN, 'c', { learner: { maxBallotSeen: SECOND } }),
  ],
  // The ballot is attempted, but phase 1 lasts.
  [
    'R20',
    'votes are counted only after phase 1',
    'R20',
    but(but(CHOSEN, 'b', { proposer: { maxBallotSent1a: SECOND, phase: 1 } }), 'c', {
      learner: { maxBallotSeen: SECOND },
    }),
  ],
  [
    'R20',
    'a decision is made only after phase 1',
    'R20 R24',
    but(CHOSEN, 'b', { executor: { decided: { ballot: SECOND, batch: [X] } } }),
  ],
  ['R20', REFLECTED, 'R20', but(CHOSEN, 'c', { executor: { maxBallotReflected: SECOND } })],
  [
    'R20',
    REFLECTED,
    'R20',
    but(CHOSEN, 'c', { executor: { checkpoint: { ...EXECUTED, maxBallotReflected: SECOND } } }),
  ],
  ['R20', 'a ballot that is used names a replica', 'R20', plus(CHOSEN, supplied(7))],
  [
    'R21',
    'the promises kept are for the ballot attempted last',
    'R21',
    plus(but(CHOSEN, 'a', received(promised(NO_BALLOT))), from('c', 'a', promised(NO_BALLOT))),
  ],
  [
    'R21',
    'the promises kept were sent',
    'R21',
    but(
      CHOSEN,
      'a',
      received(promised(FIRST, 0, new Map([[0, { ballot: NO_BALLOT, batch: [] }]]))),
    ),
  ],
  [
    'R21',
    'the promises kept were sent',
    'R21',
    // It was sent, but to someone else.
    plus(
      but(but(CHOSEN, 'b', { executor: { ...EXECUTED, checkpoint: EXECUTED } }), 'a', {
        ...received(promised(FIRST, 1)),
        acceptor: { logTruncationPoint: 1, votes: new Map() },
      }),
      from('c', 'b', promised(FIRST, 1)),
    ),
  ],
];

const VOTERS = new Set([0, 1]);

const LEARNERS: readonly WrongScene[] = [
  [
    'R23',
    'nothing is counted without a voter',
    'R23',
    but(CHOSEN, 'b', { learner: { tallies: new Map([[0, { voters: new Set(), batch: [X] }]]) } }),
  ],
  [
    'R23',
    'every vote that is counted was cast',
    'R23',
    but(CHOSEN, 'a', {
      learner: { tallies: new Map([[0, { voters: new Set([0, 1, 2]), batch: [X] }]]) },
    }),
  ],
  // The votes were of another ballot, or for another value.
  [
    'R23',
    'every vote that is counted was cast',
    'R23',
    but(CHOSEN, 'b', { learner: { tallies: new Map([[0, { voters: VOTERS, batch: [X] }]]) } }),
  ],
  [
    'R23',
    'every vote that is counted was cast',
    'R23',
    but(CHOSEN, 'a', { learner: { tallies: new Map([[0, { voters: VOTERS, batch: [Y] }]]) } }),
  ],
  [
    'R24',
    'what is decided was chosen in that ballot',
    'R24',
    but(CHOSEN, 'a', { executor: { decided: { ballot: FIRST, batch: [Y] } } }),
  ],
  [
    'R24',
    'what is decided was chosen in that ballot',
    'R24',
    but(CHOSEN, 'c', { executor: { decided: { ballot: FIRST, batch: [X] } } }),
  ],
];

describe('proposers and learners', () => {
  test.each([...PROPOSERS, ...LEARNERS])('%s: ✗ %s, of all laws %s', expectWrong);

  test.each([
    ['./proposer.ts', PROPOSERS],
    ['./learner.ts', LEARNERS],
  ] as const)('have no clause in %s that never fails', (module, wrong) => {
    const clauses = clausesOf(new URL(module, import.meta.url));
    expect(
      untried(
        clauses,
        wrong.map(([, because]) => because),
      ),
    ).toEqual([]);
  });
});
