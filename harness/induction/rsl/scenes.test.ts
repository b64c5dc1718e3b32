import { describe, expect, test } from 'vitest';
import { Random } from '../../simulation/random.ts';
import { Induction } from '../induction.ts';
import { Walker } from '../walk.ts';
import { rslModel } from './model.ts';
import { REACHABLE } from './reachable.ts';
import type { RslScene } from './scenes.ts';
import { UNIVERSES } from './universe.ts';

const MODELS = UNIVERSES.map((universe) => rslModel(universe));

describe.each(MODELS)('scenes of $name', (model) => {
  const induction = new Induction(model);
  const { protocol } = model.refinement;
  const initial: RslScene = { hosts: protocol.hosts.map((me) => protocol.init(me)), sent: [] };
  const broken = (scene: RslScene) =>
    induction.laws.broken(induction.laws.numbers, induction.view(scene));

  test('that are reached satisfy every law, and what tells them from others', () => {
    const random = new Random(1);
    let packets = 0;
    for (let left = 12; left > 0; left--) {
      const scene = model.source.reach(initial, 150, random);
      expect(broken(scene)).toBe(undefined);
      const untrue = Object.entries(REACHABLE).filter(([, holds]) => !holds(scene));
      expect(untrue.map(([fact]) => fact)).toEqual([]);
      packets += scene.sent.length;
    }
    expect(packets).toBeGreaterThan(12 * 10);
  });

  test('that are drawn satisfy every law, and hardly any of them is reached', () => {
    const scenes = new Walker(induction, model.source, new Random(2)).scenes();
    const drawn = Array.from({ length: 40 }, () => scenes.next().value.scene);
    for (const scene of drawn) expect(broken(scene)).toBe(undefined);
    const reached = drawn.filter((scene) =>
      Object.values(REACHABLE).every((holds) => holds(scene)),
    );
    expect(reached.length).toBeLessThan(10);
  });
});

test('in the scenes that are drawn there is something to break', () => {
  const seen = { votes: 0, promises: 0, leaders: 0, executed: 0, counted: 0 };
  const walks = MODELS.map((model) =>
    new Walker(new Induction(model), model.source, new Random(3)).scenes(),
  );
  for (const scenes of walks) {
    for (let left = 50; left > 0; left--) {
      for (const { acceptor, proposer, executor, learner } of scenes.next().value.scene.hosts) {
        seen.votes += acceptor.votes.size;
        seen.promises += proposer.received1bs.size;
        seen.leaders += proposer.phase === 2 ? 1 : 0;
        seen.executed += executor.operationsComplete;
        seen.counted += learner.tallies.size;
      }
    }
  }
  for (const [what, count] of Object.entries(seen))
    expect([what, count > 60]).toEqual([what, true]);
});
