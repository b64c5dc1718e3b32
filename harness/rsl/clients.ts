/**
 * # The clients of a replicated service
 *
 * Those who use it in one behaviour. Now and then none of them knows of all replicas: then some
 * replica learns of requests only from others, and has nothing to propose when it comes to lead. And
 * now and then all ask at the same moments, so that much is under way at once, and then nothing.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Random } from '../simulation/random.ts';
import { type Conversation, RequestClient } from '../simulation/requestClient.ts';

/** How often some replicas are known to nobody. */
const SECRETIVE = 0.4;
/** How often all ask at the same moments, and how many milliseconds lie between those. */
const IN_STEP = 0.5;
const BEATS = [20, 60, 150] as const;

/** So many clients; `nameOf` names the one at a place, counting from 1. */
export function clientsOf<Said>(
  count: number,
  nameOf: (place: number) => EndPoint,
  replicas: readonly EndPoint[],
  conversation: Conversation<Said>,
  random: Random,
): readonly RequestClient<Said>[] {
  const known = knownOf(replicas, random);
  const beat = random.happens(IN_STEP) ? random.pick(BEATS) : 1;
  return Array.from(
    { length: count },
    (_, place) => new RequestClient(nameOf(place + 1), known, conversation, random, beat),
  );
}

/** The replicas that clients know: all, or as many as can suspect the leader. */
function knownOf(replicas: readonly EndPoint[], random: Random): readonly EndPoint[] {
  if (!random.happens(SECRETIVE)) return replicas;
  const known = [...replicas];
  const quorum = Math.floor(replicas.length / 2) + 1;
  while (known.length > quorum) known.splice(random.below(known.length), 1);
  return known;
}
