/**
 * # Verdicts
 *
 * A relation of a specification does not answer yes or no. It answers with silence when it holds,
 * and otherwise with a refusal that names the clause that fails. A clause's name is the law in the
 * affirmative, so that a refusal reads as the sentence that was not true.
 */

/** Why a relation refuses: the clause that fails and, for a choice, what each alternative said. */
export interface Refusal {
  readonly failed: string;
  readonly because?: readonly Refusal[];
}

/** Silence is consent: a relation answers `undefined` when it holds. */
export type Verdict = Refusal | undefined;

/** One named conjunct. Join conjuncts with `??`: the first that fails is the verdict. */
export const clause = (name: string, holds: boolean): Verdict =>
  holds ? undefined : { failed: name };

/** ∀: every item satisfies the check; the verdict is that of the first item that does not. */
export function forAll<T>(items: Iterable<T>, check: (item: T) => Verdict): Verdict {
  for (const item of items) {
    const refusal = check(item);
    if (refusal) return refusal;
  }
  return undefined;
}

/** ∃: some item has the property. */
export function exists<T>(items: Iterable<T>, holds: (item: T) => boolean): boolean {
  for (const item of items) if (holds(item)) return true;
  return false;
}

/** ∨: at least one alternative holds; if none does, the refusal keeps what each of them said. */
export function either(
  name: string,
  alternatives: Readonly<Record<string, () => Verdict>>,
): Verdict {
  const because: Refusal[] = [];
  for (const [alternative, check] of Object.entries(alternatives)) {
    const refusal = check();
    if (!refusal) return undefined;
    because.push({ failed: alternative, because: [refusal] });
  }
  return { failed: name, because };
}

/** A refusal as indented text, one clause a line. */
export const explain = ({ failed, because = [] }: Refusal, indent = ''): string =>
  [`${indent}✗ ${failed}`, ...because.map((reason) => explain(reason, `${indent}  `))].join('\n');
