/**
 * # What a replica knows from the start
 *
 * Who the replicas are, which of them it is, and the numbers by which they go.
 *
 * Follows Impl/RSL/{Configuration,Constants}State.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Parameters } from './parameters.ts';

export interface Constants {
  readonly me: EndPoint;
  /** This replica's place among the replicas, counting from 0. */
  readonly index: number;
  readonly replicas: readonly EndPoint[];
  /** Each replica's place. */
  readonly places: ReadonlyMap<EndPoint, number>;
  /** How many replicas make a quorum: any two quorums have a replica in common. */
  readonly quorum: number;
  readonly parameters: Parameters;
}

/** Throws a RangeError if `me` is no replica, or some replica is one twice. */
export function constantsOf(
  me: EndPoint,
  replicas: readonly EndPoint[],
  parameters: Parameters,
): Constants {
  const places = new Map(replicas.map((replica, place) => [replica, place]));
  const index = places.get(me);
  if (index === undefined) throw new RangeError(`${me} is no replica`);
  if (places.size < replicas.length) throw new RangeError('a replica is one twice');
  const quorum = Math.floor(replicas.length / 2) + 1;
  return { me, index, replicas, places, quorum, parameters };
}

/** Addition that stops at the greatest integer there is. */
export const boundedSum = (a: number, b: number, { maxInteger }: Parameters): number =>
  Math.min(a + b, maxInteger);
