/**
 * # Figures
 *
 * What is measured, summed up: the median of several runs with the range, for a single run on a
 * shared machine says little.
 */

export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Sums up some runs, of which there must be at least one. */
export function figure(runs: readonly number[]): Figure {
  const sorted = runs.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[Math.floor(index)] as number;
  const median = Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(middle);
  return { median, min: at(0), max: at(sorted.length - 1) };
}

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A figure for a reader: `median (min–max)`. */
export const show = ({ median, min, max }: Figure): string =>
  `${count(median)} (${count(min)}–${count(max)})`;

/** One line of the report; the target is what the figure should reach. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly beside: string;
}

export const row = (what: string, shown: string, beside = ''): Row => ({
  what,
  figure: shown,
  beside,
});

/** Figures that are better read in columns. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly lines: readonly (readonly string[])[];
}
