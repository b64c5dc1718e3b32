import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choicesOf, guardOf, stepOf } from '../../../protocol/framework/steps.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { explore } from '../breadthFirst.ts';
import { NOW, type Size } from './instance.ts';
import { type RslState, refinementOf, rslModel, stepsOf } from './model.ts';
import { normalForm } from './normalForm.ts';
import { PARTS, type Part, partOf } from './parts.ts';

/** Everything that a replica can do, with what it leads to in normal form. */
function everythingPossible(
  part: Part,
  size: Size,
  place: number,
  state: Replica,
  sent: Packet<Message>[],
) {
  const { protocol } = refinementOf(part, size);
  const allows = stepsOf(part, size);
  const received = sent.filter(({ dst }) => dst === state.constants.me);
  const found: unknown[] = [];
  for (const action of protocol.actions) {
    for (const packet of action.takes === 'nothing' ? [undefined] : received) {
      if (!allows({ place, action: action.name, state, packet })) continue;
      const given = { packet, now: NOW };
      for (const choice of choicesOf(action, state, given)) {
        if (guardOf(action, state, given, choice) !== undefined) continue;
        const { state: after, sends } = stepOf(action, state, given, choice);
        found.push({ action: action.name, packet, choice, sends, after: normalForm(after, size) });
      }
    }
  }
  const restarted = protocol.restart?.(state);
  return { found, restarted: restarted && normalForm(restarted, size) };
}

describe('the normal form of a replica', { timeout: 60_000 }, () => {
  const part = fc.constantFrom(...PARTS);

  test('does whatever the replica does', () => {
    let different = 0;
    fc.assert(
      fc.property(part, fc.array(fc.nat(), { minLength: 20, maxLength: 60 }), (part, choices) => {
        const [size] = part.sizes;
        const model = rslModel(part, size, { symmetry: false, normal: false });
        let [s] = model.initial();
        for (const choice of choices) {
          const next: RslState[] = [];
          model.successors(s, (_, t) => next.push(t));
          if (next.length === 0) break;
          s = next[choice % next.length] as RslState;
        }
        for (const { place, value } of s.hosts) {
          const normal = normalForm(value, size);
          if (normal !== value) different++;
          expect(normalForm(normal, size)).toBe(normal);
          const sent = model.sent(s);
          expect(everythingPossible(part, size, place, normal, sent)).toEqual(
            everythingPossible(part, size, place, value, sent),
          );
        }
      }),
      { numRuns: 60 },
    );
    expect(different).toBeGreaterThan(30);
  });

  test('saves states and hides no mistake that the others show', () => {
    const part = partOf('agreement') as Part;
    const size: Size = { replicas: 2, operations: 1, ballots: 3, restarts: 0 };
    const all = explore(rslModel(part, size, { normal: false }));
    const few = explore(rslModel(part, size));
    expect([all.complete, few.complete]).toEqual([true, true]);
    expect(few.distinctStates).toBeLessThan(all.distinctStates);
  });
});
