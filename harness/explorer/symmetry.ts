/**
 * # Symmetry
 *
 * Two states of a system that differ only in names have the same future, but for the names, if the
 * protocol treats those names alike. Then one of them is enough. A symmetry is a group of such
 * renamings: each maps states to states and steps to steps, and leaves every law as true as it was.
 * Of all images of a state the one with the least fingerprint stands for all.
 *
 * A renaming is told by what it does to the parts of a state: to a field of a host, which may also
 * move to another place, and to a packet. Fields move one by one, because a host may play several
 * roles that know nothing of one another.
 */
import type { Packet } from '../../spec/framework/environment.ts';

export interface Symmetry<Message> {
  /** How many renamings there are. The first, whose number is 0, renames nothing. */
  readonly size: number;
  /** What becomes of a field of the host at a place. */
  field(renaming: number, place: number, name: string, value: unknown): Placed;
  /** What becomes of a packet that was sent. */
  packet(renaming: number, packet: Packet<Message>): Packet<Message>;
}

/** A value of a field, and the place of the host that has it. */
export interface Placed {
  readonly place: number;
  readonly value: unknown;
}

/** All names differ. */
export const NO_SYMMETRY: Symmetry<unknown> = {
  size: 1,
  field: (_renaming, place, _name, value) => ({ place, value }),
  packet: (_renaming, packet) => packet as Packet<unknown>,
};

/** All orders of the items, the given one first. */
export function permutations<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((first, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  );
}
