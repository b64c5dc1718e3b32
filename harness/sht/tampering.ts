/**
 * # Messages at the limits
 *
 * What somebody might send to hosts who knows how messages are written, and where reading them comes
 * to its limits: numbers that can just or just not be counted to, lists that are just too long or
 * promise more than is there, bounds written as nobody writes them, cases that there are not.
 *
 * A message is a row of numbers of eight bytes as long as nothing in it has a name or a value. So
 * all that is made up here is such a row.
 */
import { MAX_RANGES_TOLD, MAX_SAMPLES, REASONS } from '../../protocol/sht/messages.ts';
import type { Random } from '../simulation/random.ts';

const WORD = 8;
/** The last number that can be counted to, the one after it, and the last of 64 bits. */
const COUNTED = BigInt(Number.MAX_SAFE_INTEGER);
const EDGES = [0n, 1n, COUNTED, COUNTED + 1n, (1n << 64n) - 1n] as const;
/** How many entries the original reads in a delegation. */
const ENTRIES = 61;

const [SINGLE, ACK, NUMBERS] = [0n, 1n, 3n];
const [GET, SET, SHARD, DELEGATE, STATUS_REQUEST, STATUS, REFUSAL] = [0n, 1n, 4n, 5n, 6n, 7n, 8n];

/** Numbers as they are written in messages. */
function written(numbers: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(WORD * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) view.setBigUint64(WORD * index, number);
  return bytes;
}

/** A single message to nobody in particular. */
const single = (random: Random, ...content: readonly bigint[]): Uint8Array =>
  written([SINGLE, random.happens(0.3) ? random.pick(EDGES) : 1n, 0n, ...content]);

const times = (count: number, row: (index: number) => readonly bigint[]): readonly bigint[] =>
  Array.from({ length: count }, (_, index) => row(index)).flat();

/** A bound in one of the ways in which it may be written, or in none of them. */
const bound = (random: Random): readonly bigint[] => [
  random.pick([0n, 0n, 1n, 1n, 2n]),
  random.pick([0n, 1n, 7n, 42n, (1n << 64n) - 1n]),
];

/** A message at the limits, or just beyond. */
export function extreme(random: Random): Uint8Array {
  const edge = random.pick(EDGES);
  const beyond = random.below(2);
  switch (random.below(9)) {
    case 0:
      return written([ACK, edge]);
    case 1:
      return written([NUMBERS, edge, random.pick(EDGES)]);
    case 2:
      return single(random, GET, edge);
    case 3:
      return single(random, SET, edge, random.pick([0n, 1n, 2n]), ...times(beyond, () => [0n]));
    case 4:
      return single(random, SHARD, ...bound(random), ...bound(random), 0n);
    case 5:
      return delegation(random);
    case 6:
      return single(random, STATUS_REQUEST, ...bound(random), edge);
    case 7:
      return single(random, REFUSAL, BigInt(REASONS.length - 1 + beyond));
    default:
      return status(random);
  }
}

/** The keys of a range, as many as fit or one more; some twice, and some that are not there. */
function delegation(random: Random): Uint8Array {
  const count = random.pick([0, 2, ENTRIES, ENTRIES + 1]);
  const promised = BigInt(count) + random.pick([0n, 0n, 0n, 1n, 1n << 40n]);
  const entries = times(count, (index) => [BigInt(index >> 1), BigInt(WORD), BigInt(index)]);
  return single(random, DELEGATE, ...bound(random), ...bound(random), promised, ...entries);
}

/** What nobody asked for, with as many ranges and samples as there may be, or one more. */
function status(random: Random): Uint8Array {
  const ranges = random.pick([0, MAX_RANGES_TOLD]) + random.below(2);
  const samples = random.pick([0, MAX_SAMPLES]) + random.below(2);
  return single(
    random,
    STATUS,
    random.pick(EDGES),
    BigInt(ranges),
    ...times(ranges, (index) => [0n, BigInt(index), 0n]),
    ...bound(random),
    0n,
    BigInt(samples),
    ...times(samples, (index) => [BigInt(index)]),
  );
}
