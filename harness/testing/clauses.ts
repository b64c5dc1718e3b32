/**
 * # Which clauses a module has
 *
 * A clause that no test has ever seen fail may say nothing at all. So the tests of a module of laws
 * take the names of its clauses from its source, and fail on one for which they have no row.
 */
import { readFileSync } from 'node:fs';

const CALL = /(?<!\w)(?:clause|either)\(/g;
const NAMED_CALL = /(?<!\w)(?:clause|either)\(\s*(?:'([^'\\]+)'|"([^"\\]+)")/g;
const LITERAL = /(?<!\w)(?:failed: |law = |refuse\()\s*(?:'([^'\\]+)'|"([^"\\]+)")/g;

/**
 * The names of the clauses in a module's source, each as often as it is written there.
 *
 * @throws Error where a clause has a name that is not a literal, for it could not be looked for.
 */
export function clausesIn(source: string): readonly string[] {
  const named = [...source.matchAll(NAMED_CALL)];
  const calls = [...source.matchAll(CALL)].length;
  if (named.length !== calls) {
    throw new Error(`${calls - named.length} of ${calls} clauses have a name that is no literal`);
  }
  const names = [...named, ...source.matchAll(LITERAL)].map(
    ([, single, double]) => single ?? double ?? '',
  );
  if (names.length === 0) throw new Error('this module has no clauses: is it the right one?');
  return names;
}

/**
 * As {@link clausesIn}, of a module beside a test: `clausesOf(new URL('./x.ts', import.meta.url))`.
 */
export const clausesOf = (module: URL): readonly string[] =>
  clausesIn(readFileSync(module, 'utf8'));

const ACTION = /\n {2}name: '(\w+)',[\s\S]*?\n {2}guard:([\s\S]*?)\n {2}step:/g;
const SHARED = /\nconst (\w+) = [^;]*?: Verdict =>([^;]*);/g;

/**
 * For each action in a module's source the clauses of its guard, those that it shares with other
 * actions of the module among them.
 */
export function clausesOfActions(source: string): Readonly<Record<string, readonly string[]>> {
  const shared = new Map(
    [...source.matchAll(SHARED)].map(([, name = '', body = '']) => [name, body]),
  );
  const actions = [...source.matchAll(ACTION)].map(([, name = '', body = '']) => {
    const whole = body.replace(
      /(\w+)\((?=[rh][,)])[^)]*\)/g,
      (call, helper: string) => shared.get(helper) ?? call,
    );
    return [name, whole.includes('clause(') ? clausesIn(whole) : []] as const;
  });
  return Object.fromEntries(actions);
}

/** The clauses for which there are fewer rows than places where they are written. */
export function untried(clauses: readonly string[], rows: readonly string[]): readonly string[] {
  const left = [...rows];
  return clauses.filter((name) => {
    const row = left.indexOf(name);
    if (row >= 0) left.splice(row, 1);
    return row < 0;
  });
}
