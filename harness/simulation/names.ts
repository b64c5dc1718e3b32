import type { EndPoint } from '../../spec/framework/environment.ts';

/** The names of so many hosts in behaviours: a, b, c and so on, up to z. */
export const namesOf = (count: number): readonly EndPoint[] =>
  Array.from({ length: count }, (_, index) => String.fromCharCode('a'.charCodeAt(0) + index));
