/**
 * # What must be true of a system
 *
 * The part of a refinement that speaks of the protocol and its specification, and nothing of the programs that run.
 */
import type { Refinement } from '../../refinement/framework/monitor.ts';
import { BOUNDARIES } from '../../refinement/framework/refusal.ts';
import type { Refusal, Verdict } from '../../spec/framework/verdict.ts';

export type SystemLaws<State, Message, Spec> = Pick<
  Refinement<never, State, Message, Spec>,
  | 'protocol'
  | 'initial'
  | 'init'
  | 'advance'
  | 'next'
  | 'correspondence'
  | 'packetInvariants'
  | 'hostInvariants'
  | 'systemInvariants'
  | 'stepInvariants'
>;

/** The boundaries at which the explorer refuses. */
export const B3 = `B3 (${BOUNDARIES.B3})`;
export const B4 = `B4 (${BOUNDARIES.B4})`;

export type NamedLaws<Subject extends readonly unknown[]> = readonly (readonly [
  name: string,
  law: (...subject: Subject) => Verdict,
])[];

export const namedLaws = <Subject extends readonly unknown[]>(
  laws: Readonly<Record<string, (...subject: Subject) => Verdict>>,
): NamedLaws<Subject> => Object.entries(laws);

/** The numbers of all invariants, each once. */
export const invariantNames = ({
  packetInvariants,
  hostInvariants,
  systemInvariants,
  stepInvariants,
}: Pick<
  SystemLaws<never, never, never>,
  'packetInvariants' | 'hostInvariants' | 'systemInvariants' | 'stepInvariants'
>): string[] =>
  [
    ...new Set(
      [packetInvariants, hostInvariants, systemInvariants, stepInvariants].flatMap(Object.keys),
    ),
  ].sort();

/** The first law that is broken, under its name and its boundary. */
export function firstBroken<Subject extends readonly unknown[]>(
  boundary: string,
  laws: NamedLaws<Subject>,
  ...subject: Subject
): Verdict {
  for (const [failed, law] of laws) {
    const refusal = law(...subject);
    if (refusal !== undefined) return at(boundary, { failed, because: [refusal] });
  }
  return undefined;
}

/** A refusal under the boundary that it belongs to. */
export const at = (boundary: string, refusal: Refusal): Refusal => ({
  failed: boundary,
  because: [refusal],
});

/** Whether the specification can go from `before` to `after`: by standing still, or by a step of its own. */
export function checkSpecStep<Spec>(
  { next }: Pick<SystemLaws<never, never, Spec>, 'next'>,
  before: Spec,
  after: Spec,
): Verdict {
  const refusal = before === after ? undefined : next(before, after);
  return refusal && at(B3, { failed: 'the step is one of the specification', because: [refusal] });
}
