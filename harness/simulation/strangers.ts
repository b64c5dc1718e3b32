/**
 * # What strangers send
 *
 * Rubbish of the kinds that have broken parsers before: nothing at all, too little, too much, far
 * too much, a message with a bit flipped, and messages that no honest host would send.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Random } from './random.ts';

/** Who sends it, where any name will do. */
export const STRANGERS: readonly EndPoint[] = ['mallory', 'oscar'];

/** Far more bytes than any message of a host. */
export const HUGE = 2_000;

/** Bytes made up by someone who has heard these. */
export function rubbish(random: Random, heard: readonly Uint8Array[]): Uint8Array {
  const sample = heard.length > 0 ? random.pick(heard) : new Uint8Array(16);
  switch (random.below(6)) {
    case 0:
      return sample.slice(0, random.below(sample.length));
    case 1: {
      const longer = new Uint8Array(sample.length + 1);
      longer.set(sample);
      longer[sample.length] = random.below(256);
      return longer;
    }
    case 2: {
      const flipped = sample.slice();
      const at = random.below(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 3:
      return new Uint8Array(HUGE).fill(random.below(256));
    case 4:
      return new Uint8Array(16).fill(255);
    default: {
      const noise = new Uint8Array(random.below(40));
      for (let at = 0; at < noise.length; at++) noise[at] = random.below(256);
      return noise;
    }
  }
}
