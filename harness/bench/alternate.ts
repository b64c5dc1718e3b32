/**
 * # Taking turns
 *
 * A shared machine is faster at one time than at another. Whatever is compared is measured in turn,
 * several times over, so that all have had the same luck.
 */
import { type Figure, figure } from './figures.ts';

type Measurements = Readonly<Record<string, () => Promise<number>>>;

/** Measures each of several things in turn, so many times. */
export async function alternate<M extends Measurements>(
  measurements: M,
  times: number,
): Promise<{ readonly [Name in keyof M]: Figure }> {
  const measured = Object.entries(measurements).map(([name, measure]) => {
    const runs: number[] = [];
    return { name, runs, measure };
  });
  for (let run = 0; run < times; run++) {
    for (const { runs, measure } of measured) runs.push(await measure());
  }
  const figures = Object.fromEntries(measured.map(({ name, runs }) => [name, figure(runs)]));
  return figures as { readonly [Name in keyof M]: Figure };
}

/** How many times as much one figure is as the other. */
export const ratio = (one: Figure, other: Figure): string => (one.median / other.median).toFixed(2);
