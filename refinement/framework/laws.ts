/**
 * # Laws by their number
 *
 * Laws are kept in tables, each under the number by which the literature and the reports know it.
 * Here they are asked.
 */
import type { Refusal, Verdict } from '../../spec/framework/verdict.ts';

export type Laws<Subject extends readonly unknown[]> = Readonly<
  Record<string, (...subject: Subject) => Verdict>
>;

/** A table of laws, ready to be asked often. */
export type LawList<Subject extends readonly unknown[]> = readonly (readonly [
  number: string,
  law: (...subject: Subject) => Verdict,
])[];

export const lawList = <Subject extends readonly unknown[]>(
  laws: Laws<Subject>,
): LawList<Subject> => Object.entries(laws);

/** The first law that does not hold, under its number. */
export function firstBroken<Subject extends readonly unknown[]>(
  laws: LawList<Subject>,
  ...subject: Subject
): Refusal | undefined {
  for (const [number, law] of laws) {
    const refusal = law(...subject);
    if (refusal !== undefined) return { failed: number, because: [refusal] };
  }
  return undefined;
}
