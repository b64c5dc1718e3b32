/**
 * # Sharing keys out evenly
 *
 * Each host gets one range, with about as many keys as any other. Where the bounds are is estimated
 * by the samples that hosts tell. Which host gets which range is chosen so that few keys move.
 */
import { type Bound, KEY_INF, type KeyRange } from './shtMessages.ts';
import { keysIn, type Survey } from './shtSurvey.ts';

/** The wish that a host has the keys of a range. */
export interface Target {
  readonly range: KeyRange;
  /** By number. */
  readonly recipient: number;
}

/** A sample, and about how many keys there are from it up to the next one. */
interface Weighed {
  readonly key: bigint;
  readonly weight: number;
}

/** By how much of an even share hosts may differ from it before anything is done. */
const TOLERANCE = 0.02;

/** Whether each host has one range at most, and about as many keys as any other. */
export function isEven(survey: Survey): boolean {
  const { hosts } = survey;
  const total = totalOf(survey);
  const share = total / hosts.length;
  const coarseness = Math.max(0, ...weigh(survey).map(({ weight }) => weight));
  // Two bounds, each of them off by a sample at most; and a share need not be a whole number.
  const most = 1 + 2 * coarseness + TOLERANCE * share;
  return hosts.every(({ own, keys }) => own.length <= 1 && Math.abs(keys - share) <= most);
}

/** Who should have what; nothing where the table is empty or hosts tell no samples. */
export function evenTargets(survey: Survey): readonly Target[] {
  const weighed = weigh(survey);
  if (weighed.length === 0) return [];
  const ranges = evenRanges(weighed, survey.hosts.length);
  const recipients = assign(survey, ranges);
  return ranges.map((range, place) => ({ range, recipient: recipients[place] as number }));
}

/** How many keys there are. */
export const totalOf = ({ hosts }: Survey): number =>
  hosts.reduce((sum, { keys }) => sum + keys, 0);

function weigh({ hosts }: Survey): readonly Weighed[] {
  return hosts
    .flatMap(({ keys, samples }) => samples.map((key) => ({ key, weight: keys / samples.length })))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** Cuts all keys into so many ranges of about the same weight; some may be empty. */
function evenRanges(weighed: readonly Weighed[], count: number): readonly KeyRange[] {
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const bounds: Bound[] = [0n];
  let before = 0;
  for (const { key, weight } of weighed) {
    // The bound that is nearest to where it should be is below this key.
    while (bounds.length < count && before + weight / 2 > (total * bounds.length) / count) {
      bounds.push(key);
    }
    before += weight;
  }
  while (bounds.length < count) bounds.push(KEY_INF);
  return bounds.map((low, place) => ({ low, high: bounds[place + 1] ?? KEY_INF }));
}

/**
 * Gives each range to another host, first those of which a host has most already. Where there is
 * little difference, the order of the hosts decides.
 */
function assign(survey: Survey, ranges: readonly KeyRange[]): readonly number[] {
  const unit = (TOLERANCE * totalOf(survey)) / ranges.length;
  const pairs = ranges.flatMap((range, place) =>
    survey.hosts.map((host, number) => {
      return { place, number, units: Math.round(keysIn(host, range) / unit) };
    }),
  );
  pairs.sort((a, b) => b.units - a.units || a.place - b.place || a.number - b.number);
  const recipients: number[] = [];
  const taken = new Set<number>();
  for (const { place, number } of pairs) {
    if (recipients[place] !== undefined || taken.has(number)) continue;
    recipients[place] = number;
    taken.add(number);
  }
  return recipients;
}
