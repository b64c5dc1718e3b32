/**
 * # What the explorer asks of a system
 *
 * Verdicts under the boundary that they belong to.
 */
import { firstBroken, type LawList } from '../../refinement/framework/laws.ts';
import { BOUNDARIES } from '../../refinement/framework/refusal.ts';
import type { SystemRefinement } from '../../refinement/framework/systemRefinement.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';

/** The boundaries at which the explorer refuses. */
export const B3 = `B3 (${BOUNDARIES.B3})`;
export const B4 = `B4 (${BOUNDARIES.B4})`;

/** A verdict under the boundary that it belongs to. */
export const under = (boundary: string, refusal: Verdict): Verdict =>
  refusal && { failed: boundary, because: [refusal] };

/** The first law that is broken, at B3 and under its number. */
export const brokenLaw = <Subject extends readonly unknown[]>(
  laws: LawList<Subject>,
  ...subject: Subject
): Verdict => under(B3, firstBroken(laws, ...subject));

/**
 * Whether the specification can go from `before` to `after`: by standing still, or by a step of its
 * own.
 */
export function checkSpecStep<Spec>(
  { next }: Pick<SystemRefinement<never, never, never, Spec>, 'next'>,
  before: Spec,
  after: Spec,
): Verdict {
  const refusal = before === after ? undefined : next(before, after);
  return (
    refusal && under(B3, { failed: 'the step is one of the specification', because: [refusal] })
  );
}

/** The numbers of all laws, each once. */
export const lawNumbers = (
  laws: Pick<
    SystemRefinement<never, never, never, never>,
    | 'packetInvariants'
    | 'hostInvariants'
    | 'stepInvariants'
    | 'systemInvariants'
    | 'sampledInvariants'
  >,
): string[] => {
  const { packetInvariants, hostInvariants, stepInvariants } = laws;
  const { systemInvariants, sampledInvariants } = laws;
  const ofParts = [packetInvariants, hostInvariants, stepInvariants];
  const ofTheWhole = [systemInvariants, sampledInvariants];
  return [...new Set([...ofParts, ...ofTheWhole].flatMap(Object.keys))].sort();
};
