/**
 * # The counter
 *
 * The smallest application that shows whether a request took effect twice. There is one request,
 * eight zero bytes: count one further. Whatever else it is asked, it counts nothing. It always
 * replies with the count, as eight bytes.
 *
 * The count has 64 bits and goes back to 0 after 2⁶⁴−1, as the original's does. A bigint holds it
 * exactly, where a number would stop counting at 2⁵³.
 *
 * The original's counter begins again at 0 when it is to be restored from anything but eight
 * bytes. No counter ever writes that, so here such bytes are no counter's state, and whoever has
 * them finds out.
 *
 * Follows src/IronRSLCounterServer/Service.cs of IronFleet.
 */
import { type Bytes, readU64, u64 } from '../framework/bytes.ts';
import { type Application, application } from './application.ts';

/** The one request of a counter. */
export const INCREMENT: Bytes = u64(0);

/** How often it was incremented, modulo 2⁶⁴. */
export type Count = bigint;

export const counter: Application = application<Count>({
  name: 'Counter',
  initial: 0n,

  handle: (count, request) => {
    const state = request === INCREMENT ? BigInt.asUintN(64, count + 1n) : count;
    return { state, reply: u64(state) };
  },

  serialize: u64,
  deserialize: (bytes) => (bytes.length === 8 ? readU64(bytes) : undefined),
});
