import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../../spec/framework/verdict.ts';
import { WRONG } from '../../testing/shtVariants.ts';
import { explore } from '../breadthFirst.ts';
import type { Instance } from './instance.ts';
import { INSTANCES } from './instances.ts';
import { refinementOf, ShtModel, type ShtRefinement } from './model.ts';

/** Where mistakes show that do not show where one key is handed over. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'takes orders to hand keys to itself': 'orders',
  'takes orders to hand keys to nobody': 'orders',
  'takes orders for keys of others': 'there-and-back',
  'hands on keys of others at once': 'original',
  'adopts from strangers': 'strangers',
  'hands on more than the range': 'pieces',
  'hands on too much at a time': 'pieces',
  'stores values that are too long': 'strangers',
  'tells everybody which keys there are': 'strangers',
  'accepts numbers that are not next': 'pieces',
  'acknowledges what it has not accepted': 'lossy',
  'takes an acknowledgement for that of one number': 'strangers',
  'redirects to whomever': 'three-hosts',
  'refuses for another reason': 'orders',
  'counts its keys wrongly': 'strangers',
  'sends again under new numbers': 'lossy',
  'sends something else again': 'lossy',
  'says that messages are for others': 'lossy',
  'knows too many clients': 'acknowledged',
  'answers who does not listen': 'acknowledged',
  'notes what it has not sent': 'lossy',
};

type Change = (right: ShtRefinement) => ShtRefinement;

/** The shortest way to a refusal where a mistake shows, and what it says, if there is one. */
const hunt = (what: string, change: Change) => huntIn(ELSEWHERE[what] ?? 'hand-over', change);

function huntIn(name: string, change: Change) {
  const instance = INSTANCES.find((each) => each.name === name) as Instance;
  const model = new ShtModel(instance, { refinement: change(refinementOf(instance)) });
  const { counterexample, complete } = explore(model, { maxStates: 20_000 });
  if (counterexample === undefined) return { complete, path: undefined, story: [] };
  const { refusal, behaviour } = counterexample;
  return {
    complete,
    path: path(refusal),
    story: behaviour.steps.map(({ label }) => model.showLabel(label)),
  };
}

const path = ({ failed, because = [] }: Refusal): string[] => [
  failed,
  ...(because[0] ? path(because[0]) : []),
];

/** No laws but those of the specification itself. */
const bare = (refinement: ShtRefinement): ShtRefinement => ({
  ...refinement,
  hostInvariants: {},
  packetInvariants: {},
  stepInvariants: {},
  systemInvariants: {},
  sampledInvariants: {},
});

describe('a protocol with a mistake is refused', { timeout: 60_000 }, () => {
  test.each(WRONG)('if it %s', (what, _, change) => {
    const found = hunt(what, (right) => ({ ...right, protocol: change(right.protocol) }));
    expect(found.path).toBeDefined();
    expect(found.story.length).toBeLessThanOrEqual(12);
  });
});

/** What a lost, stale or doubled key looks like, whoever caused it. */
const WRONG_TABLE = [
  'B3 (protocol system to specification)',
  'the step is one of the specification',
];

describe('a protocol with a mistake shows a wrong table, as the specification alone can tell', () => {
  test.each([
    'adopts from strangers',
    'still has what it hands on',
    'hands on keys without their values',
    'does not adopt what it should',
    'adopts the range and not the values',
    'answers for keys of others',
    'accepts the last number again',
    'forgets a client whom it has answered',
  ])('if it %s', (what) => {
    const [, , change] = WRONG.find(([name]) => name === what) as (typeof WRONG)[number];
    const found = hunt(what, (right) => bare({ ...right, protocol: change(right.protocol) }));
    expect(found.path?.slice(0, 2)).toEqual(WRONG_TABLE);
  });
});

test('the shortest way to two answers for one key is told step by step', () => {
  const [, , change] = WRONG.find(
    ([name]) => name === 'still has what it hands on',
  ) as (typeof WRONG)[number];
  const { story } = hunt('', (right) => bare({ ...right, protocol: change(right.protocol) }));
  expect(story).toEqual([
    'a accept ← admin1: 1:shard([0,1),b) → admin1: ack(1)',
    'a shard',
    'a delegate → b: 1:delegate([0,1),0)',
    'a accept ← client1: 1:set(0,1) → client1: ack(1)',
    'a set → client1: 1:reply(0,1)',
  ]);
});
