/**
 * # What liars say to hosts of the hash table
 *
 * Messages of every type, as hosts and clients send them but with contents that nobody stands for:
 * keys that no host hands on, answers that nobody asked for, acknowledgements of what was never
 * sent. Numbers are drawn from few, so that they often meet those that are in use.
 */
import type { Key, Value } from '../../protocol/sht/keys.ts';
import {
  type Content,
  MAX_SAMPLES,
  type Message,
  REASONS,
  type Status,
} from '../../protocol/sht/messages.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import type { Random } from '../simulation/random.ts';
import { keysOf, rangeIn, valueBy } from './keys.ts';
import type { Names, ShtShape } from './shape.ts';

/** How often a number is one that nobody would ever say. */
const ABSURD = 0.05;
const LARGEST = Number.MAX_SAFE_INTEGER;
const MAX_SEQNO = 6;
/** How many entries a made-up delegation has at most, beyond what one may have. */
const SPARE = 2;
const MOST_ENTRIES = 8;

/** Who and what a liar speaks of. */
export interface Scenery {
  readonly keys: readonly Key[];
  readonly names: Names;
  readonly shape: ShtShape;
}

export function lie(shape: ShtShape, names: Names, random: Random): Message {
  const scenery = { shape, names, keys: keysOf(shape.keys) };
  const number = (): number => (random.happens(ABSURD) ? LARGEST : random.below(MAX_SEQNO));
  switch (random.below(8)) {
    case 0:
      return { type: 'ack', seqno: number() };
    case 1:
      return { type: 'numbersRequest' };
    case 2:
      return { type: 'numbers', accepted: number(), acked: number() };
    default: {
      const dst = random.pick([...names.hosts, ...names.strangers]);
      return { type: 'single', seqno: number(), dst, content: contentIn(scenery, random) };
    }
  }
}

/** Whatever a single message may carry. */
export function contentIn({ shape, names, keys }: Scenery, random: Random): Content {
  const key = random.pick(keys);
  const { maxValueBytes, maxDelegationKeys } = shape.parameters;
  const someone = (): EndPoint => random.pick([...names.hosts, ...names.strangers]);
  const value = (): Value | undefined => valueBy('lie', random.below(9), maxValueBytes, random);
  switch (random.below(12)) {
    case 0:
    case 1:
      return { type: 'get', key };
    case 2:
    case 3:
      return { type: 'set', key, value: value() };
    case 4:
      return { type: 'reply', key, value: value() };
    case 5:
      return { type: 'redirect', key, owner: someone() };
    case 6:
      return { type: 'shard', range: rangeIn(keys, random), recipient: someone() };
    case 7:
    case 8: {
      const most = Math.min(maxDelegationKeys + SPARE, MOST_ENTRIES);
      const entries = Array.from({ length: random.below(most + 1) }, () => {
        return [random.pick(keys), value() ?? ''] as const;
      });
      const table = OrderedMap.from(entries);
      return { type: 'delegate', range: rangeIn(keys, random), table };
    }
    case 9: {
      const from = rangeIn(keys, random).low;
      return { type: 'statusRequest', from, samples: random.pick([1, MAX_SAMPLES, LARGEST]) };
    }
    case 10:
      return statusIn(keys, someone, random);
    default:
      return { type: 'refusal', reason: random.pick(REASONS) };
  }
}

const statusIn = (keys: readonly Key[], someone: () => EndPoint, random: Random): Status => ({
  type: 'status',
  keys: random.below(MAX_SEQNO),
  ranges: [{ low: rangeIn(keys, random).low, owner: someone() }],
  until: rangeIn(keys, random).high,
  orders: [{ range: rangeIn(keys, random), recipient: someone() }],
  samples: [random.pick(keys)],
});
