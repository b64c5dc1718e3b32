/**
 * # Options of the form key=value
 *
 * The servers and the tools take their options as `key=value`, keys in upper or lower case, values
 * as they stand. What cannot be meant is refused in one line that says what could be.
 *
 * Follows the command lines of IronFleet's programs; departs from them in that a key may not be
 * given twice.
 */
import { UsageError } from './usageError.ts';

/** One kind of value: how it is read, and what it must be. */
export interface ValueKind<T> {
  readonly mustBe: string;
  /** Nothing if the text is no such value. */
  read(text: string): T | undefined;
}

export const text: ValueKind<string> = {
  mustBe: 'must not be empty',
  read: (value) => (value === '' ? undefined : value),
};

export const flag: ValueKind<boolean> = {
  mustBe: 'must be true or false',
  read: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
};

export const wholeNumber = (least: number, most: number): ValueKind<number> => ({
  mustBe: `must be a whole number from ${least} to ${most}`,
  read(value) {
    const number = Number(value);
    return /^\d{1,16}$/.test(value) && number >= least && number <= most ? number : undefined;
  },
});

export const port: ValueKind<number> = wholeNumber(1, 65_535);

type Values<Kinds> = {
  -readonly [Key in keyof Kinds]?: Kinds[Key] extends ValueKind<infer T> ? T : never;
};

/**
 * Reads `args` as options of the given kinds; what is not given is not in the result. Throws a
 * {@link UsageError} at the first that is not `key=value`, has an unknown key or a value of the
 * wrong kind, or is given twice.
 *
 *     parseKeyValues(['Port=4001'], { addr: text, port })  →  { port: 4001 }
 */
export function parseKeyValues<Kinds extends Readonly<Record<string, ValueKind<unknown>>>>(
  args: readonly string[],
  kinds: Kinds,
): Values<Kinds> {
  const keys = Object.keys(kinds);
  const values: Record<string, unknown> = {};
  for (const arg of args) {
    const [given = '', ...rest] = arg.split('=');
    const value = rest.join('=');
    if (rest.length === 0) {
      throw new UsageError(`${JSON.stringify(arg)} is no option; options are ${listOf(keys)}`);
    }
    const key = keys.find((candidate) => candidate.toLowerCase() === given.toLowerCase());
    const kind = key === undefined ? undefined : kinds[key];
    if (key === undefined || kind === undefined) throw unknownKey(given, keys);
    if (Object.hasOwn(values, key)) throw new UsageError(`${key}= is given twice; give it once`);
    values[key] = kind.read(value);
    if (values[key] === undefined) {
      throw new UsageError(`${key}=${value} will not do: ${key} ${kind.mustBe}`);
    }
  }
  return values as Values<Kinds>;
}

function unknownKey(given: string, keys: readonly string[]): UsageError {
  const closest = keys
    .map((key) => ({ key, distance: distance(given.toLowerCase(), key.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= 2)
    .sort((a, b) => a.distance - b.distance)[0];
  const guess = closest ? `did you mean ${closest.key}=? ` : '';
  return new UsageError(
    `There is no option ${JSON.stringify(given)}; ${guess}the options are ${listOf(keys)}`,
  );
}

const listOf = (keys: readonly string[]): string => keys.map((key) => `${key}=`).join(' ');

/** How many letters must be put in, left out or changed to make one word of the other. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return 3; // Too far to be a slip, however far.
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
