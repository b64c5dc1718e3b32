/**
 * # Where keys are
 *
 * What all hosts say, put together. Each knows for sure only what is its own; so what none of them
 * calls its own is on its way. They are not asked at the same instant: where two call something
 * their own, it has moved meanwhile, and they must be asked again.
 */
import { type Bound, KEY_INF, type KeyRange, type Status } from './shtMessages.ts';

/** What one host says. Hosts are numbered from 0, as in the service file. */
export interface HostReport {
  /** How many keys its table has. */
  readonly keys: number;
  /** The ranges that are its own, sorted. */
  readonly own: readonly KeyRange[];
  /** What it is about to hand on, and to whom; nothing for a host that is not known. */
  readonly orders: readonly { readonly range: KeyRange; readonly recipient: number | undefined }[];
  /** Keys of its table at even distances, sorted; none for those who may not move keys. */
  readonly samples: readonly bigint[];
}

export interface Segment extends KeyRange {
  /** By number; nothing while it is on its way. */
  readonly owner: number | undefined;
}

export interface Survey {
  readonly hosts: readonly HostReport[];
  /** All keys, in order, without gaps. Neighbours have different owners. */
  readonly segments: readonly Segment[];
}

/** All that a host has said, from the first key to the last, some at a time. */
export function reportOf(
  statuses: readonly Status[],
  me: string,
  numberOf: (endPoint: string) => number | undefined,
): HostReport {
  const own: KeyRange[] = [];
  let from = 0n;
  for (const { ranges, until } of statuses) {
    for (const [index, { low, owner }] of ranges.entries()) {
      const high = ranges[index + 1]?.low ?? until;
      const start = low < from ? from : low;
      if (owner !== me || start >= high) continue;
      const last = own.at(-1);
      if (last?.high === start) own[own.length - 1] = { low: last.low, high };
      else own.push({ low: start, high });
    }
    from = until;
  }
  const last = statuses.at(-1);
  return {
    keys: last?.keys ?? 0,
    own,
    orders: (last?.orders ?? []).map(({ range, recipient }) => ({
      range: { low: range.low < 0n ? 0n : range.low, high: range.high },
      recipient: numberOf(recipient),
    })),
    samples: statuses[0]?.samples ?? [],
  };
}

/** Puts together what hosts say; nothing where two of them call something their own. */
export function putTogether(hosts: readonly HostReport[]): Survey | undefined {
  const claims = hosts
    .flatMap(({ own }, owner) => own.map(({ low, high }) => ({ low, high, owner })))
    .sort((a, b) => (a.low < b.low ? -1 : 1));
  const segments: Segment[] = [];
  let end: Bound = 0n;
  for (const claim of claims) {
    if (claim.low < end) return undefined;
    if (claim.low > end) segments.push({ low: end, high: claim.low, owner: undefined });
    segments.push(claim);
    end = claim.high;
  }
  if (end < KEY_INF) segments.push({ low: end, high: KEY_INF, owner: undefined });
  return { hosts, segments };
}

/** About how many keys a host has in a range. */
export function keysIn({ keys, samples }: HostReport, { low, high }: KeyRange): number {
  if (samples.length === 0) return 0;
  const within = samples.filter((key) => low <= key && key < high).length;
  return (within * keys) / samples.length;
}

/** What two ranges share; nothing if that is nothing. */
export function intersection(a: KeyRange, b: KeyRange): KeyRange | undefined {
  const low = a.low > b.low ? a.low : b.low;
  const high = a.high < b.high ? a.high : b.high;
  return low < high ? { low, high } : undefined;
}
