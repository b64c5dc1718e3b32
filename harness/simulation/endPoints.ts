/**
 * # Names that are bytes
 *
 * Hosts that run write end points as bytes, so where their messages name anybody, everybody has a
 * name of hexadecimal digits: hosts `a0`, `b0` and so on, clients `01`, `02` and so on, and strangers
 * `bad1` and `bae1`, of whom hosts remember what they remember of clients.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';

const LETTERS = 'abcdef';

/** So many hosts. */
export const hostsInBytes = (count: number): readonly EndPoint[] =>
  Array.from(
    { length: count },
    (_, place) => `${LETTERS[place % LETTERS.length]}${Math.floor(place / LETTERS.length)}`,
  );

/** The client at a place, counting from 1: two digits, or four. */
export const clientInBytes = (place: number): EndPoint =>
  String(place).padStart(place < 100 ? 2 : 4, '0');

export const STRANGERS_IN_BYTES: readonly EndPoint[] = ['bad1', 'bae1'];
