import type { EndPoint } from '../../spec/framework/environment.ts';

/** The names of hosts in behaviours: a, b, c and so on, up to z. */
export const ringOf = (hosts: number): readonly EndPoint[] =>
  Array.from({ length: hosts }, (_, index) => String.fromCharCode('a'.charCodeAt(0) + index));
