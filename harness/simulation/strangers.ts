/**
 * # What strangers send
 *
 * Rubbish of the kinds that have broken parsers before: nothing at all, too little, too much, far too much, a
 * message with a bit flipped, and messages that no honest host would send.
 */
import type { Envelope } from './cluster.ts';
import type { Random } from './random.ts';

export function rubbish(random: Random, heard: readonly Envelope[]): Uint8Array {
  const kind = random.below(6);
  const sample = heard.length > 0 ? random.pick(heard).bytes : new Uint8Array(16);
  switch (kind) {
    case 0:
      return sample.slice(0, random.below(sample.length));
    case 1:
      return Uint8Array.from([...sample, random.below(256)]);
    case 2: {
      const flipped = sample.slice();
      const at = random.below(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 3:
      return Uint8Array.from({ length: 2_000 }, () => random.below(256));
    case 4:
      return new Uint8Array(16).fill(255);
    default:
      return Uint8Array.from({ length: random.below(40) }, () => random.below(256));
  }
}
