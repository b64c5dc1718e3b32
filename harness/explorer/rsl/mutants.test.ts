import { describe, expect, test } from 'vitest';
import type { LocalInput } from '../../../protocol/framework/action.ts';
import { compareBallots } from '../../../protocol/rsl/ballot.ts';
import type { Batch, Message } from '../../../protocol/rsl/messages.ts';
import { proposeVoted } from '../../../protocol/rsl/proposing.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Refusal } from '../../../spec/framework/verdict.ts';
import { WRONG } from '../../testing/rslVariants.ts';
import { explore } from '../breadthFirst.ts';
import type { Size } from './instance.ts';
import { type RslRefinement, refinementOf, rslModel } from './model.ts';
import { type Part, partOf } from './parts.ts';

const size = (replicas: number, operations: number, ballots: number, restarts = 0): Size => ({
  replicas,
  operations,
  ballots,
  restarts,
});

const path = ({ failed, because = [] }: Refusal): string[] => [
  failed,
  ...(because[0] ? path(because[0]) : []),
];

/** The shortest way to a refusal, and what it says, if there is one. */
function hunt(name: string, size: Size, change: (right: RslRefinement) => RslRefinement) {
  const part = partOf(name) as Part;
  const refinement = change(refinementOf(part, size));
  const model = rslModel(part, size, { refinement });
  const { counterexample, complete } = explore(model);
  if (counterexample === undefined) return { complete, path: undefined, story: [] };
  const { refusal, behaviour } = counterexample;
  const story = behaviour.steps.map(({ label }) => model.showLabel(label));
  return { complete, path: path(refusal), story };
}

/** No laws but those of the specification itself. */
const bare = (refinement: RslRefinement): RslRefinement => ({
  ...refinement,
  hostInvariants: {},
  packetInvariants: {},
  stepInvariants: {},
  systemInvariants: {},
  sampledInvariants: {},
});

/** Where mistakes show that do not show where leaders agree. */
const ELSEWHERE: Readonly<Record<string, readonly [name: string, size: Size]>> = {
  'forgets what only one replica has executed': ['catch-up', size(3, 2, 1)],
  'takes over a state and keeps its own replies': ['catch-up', size(3, 2, 1)],
  'forgets its promise when it stops': ['restart', size(2, 1, 2, 1)],
  'leads a ballot again when it starts again': ['restart', size(2, 1, 2, 1)],
};

describe('a protocol with a mistake is refused by the invariants', () => {
  test.each(WRONG)('if it %s', (what, _, change) => {
    const [name, size_] = ELSEWHERE[what] ?? ['agreement', size(2, 1, 3)];
    const found = hunt(name, size_, (right) => ({ ...right, protocol: change(right.protocol) }));
    expect(found.path).toBeDefined();
    expect(found.story.length).toBeLessThanOrEqual(15);
  });
});

/** What disagreement looks like, whoever caused it. */
const DISAGREES = [
  'B3 (protocol system to specification)',
  'the step is one of the specification',
  'what was executed is never rewritten',
];

describe('a protocol with a mistake decides twice, as the specification alone can tell', {
  timeout: 60_000,
}, () => {
  test.each([
    'promises what is below its promise',
    'forgets what it promised',
    'tells of no votes when it promises',
    'votes below its promise',
    'votes below its promise and keeps it',
    'keeps no votes',
  ])('if it %s', (what) => {
    const change = WRONG.find(([other]) => other === what)?.[2];
    if (change === undefined) throw new Error(`nobody ${what}`);
    const wrong = (right: RslRefinement) => bare({ ...right, protocol: change(right.protocol) });
    const found = hunt('agreement', size(3, 1, 2), wrong);
    expect([found.path, found.story.length]).toEqual([DISAGREES, 18]);
  });

  /** Proposes the value of the lowest ballot, where it should be that of the highest. */
  const adoptsLowest = (right: RslRefinement): RslRefinement => {
    const step = (r: Replica, input: LocalInput) => {
      const { state, sends } = proposeVoted.step(r, input);
      const { received1bs, nextOperation } = r.proposer;
      const votes = [...received1bs.values()].flatMap(
        ({ votes }) => votes.get(nextOperation) ?? [],
      );
      const [lowest] = votes.sort((a, b) => compareBallots(a.ballot, b.ballot));
      const batch: Batch = lowest?.batch ?? [];
      const proposed = new Map(state.proposer.proposed).set(nextOperation, batch);
      return {
        state: { ...state, proposer: { ...state.proposer, proposed } },
        sends: sends.map((packet) => ({ ...packet, msg: { ...packet.msg, batch } as Message })),
      };
    };
    const actions = right.protocol.actions.map((action) =>
      action.name === proposeVoted.name ? { ...proposeVoted, step } : action,
    );
    return { ...right, protocol: { ...right.protocol, actions } };
  };

  test('if it adopts the vote of the lowest ballot, which takes three ballots', () => {
    const two = hunt('agreement', size(3, 1, 2), adoptsLowest);
    expect(two).toEqual({ complete: true, path: undefined, story: [] });
    const three = hunt('agreement', size(3, 1, 3), adoptsLowest);
    expect(three.path?.[1]).toBe('R5');
    expect(three.story.length).toBe(23);
    expect(three.story.at(-1)).toMatch(/^c proposeVoted → all: 2a\(1\.2 0: \[c0#1\]\)$/);
    const decided = hunt('agreement', size(3, 1, 3), (right) => bare(adoptsLowest(right)));
    expect([decided.path, decided.story.length]).toEqual([DISAGREES, 26]);
  });
});
