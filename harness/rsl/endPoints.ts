/**
 * # Names that are bytes
 *
 * Running replicas write end points as bytes, so in their behaviours everybody has a name of
 * hexadecimal digits: replicas `a0`, `b0` and so on, clients `01`, `02` and so on, and strangers
 * `bad1` and `bae1`, which replicas remember in the same place.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

const LETTERS = 'abcdef';

/** So many replicas. */
export const replicasInBytes = (count: number): readonly EndPoint[] =>
  Array.from(
    { length: count },
    (_, place) => `${LETTERS[place % LETTERS.length]}${Math.floor(place / LETTERS.length)}`,
  );

/** The client at a place, counting from 1: two digits, or four. */
export const clientInBytes = (place: number): EndPoint =>
  String(place).padStart(place < 100 ? 2 : 4, '0');

export const STRANGERS_IN_BYTES: readonly EndPoint[] = ['bad1', 'bae1'];
