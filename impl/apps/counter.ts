/**
 * # The counter that runs
 *
 * Eight zero bytes count one further; whatever else it is asked, it counts nothing. It always
 * replies with the count, as eight bytes, which goes back to 0 after 2⁶⁴−1.
 *
 * Follows src/IronRSLCounterServer/Service.cs of IronFleet; departs from it in that it cannot be
 * restored from what no counter wrote, where the original begins again at 0.
 */
import type { Service } from './service.ts';

/** The length of a request that counts, of a reply, and of the state at rest. */
const BYTES = 8;

export class CounterService implements Service {
  static readonly serviceName = 'Counter';

  /** The count, in two halves of 32 bits: a number would stop counting at 2⁵³. */
  #high = 0;
  #low = 0;

  static initialize(): CounterService {
    return new CounterService();
  }

  static deserialize(state: Uint8Array): CounterService {
    if (state.length !== BYTES) {
      throw new RangeError(`a counter's state has ${BYTES} bytes, not ${state.length}`);
    }
    const counter = new CounterService();
    counter.#high = readHalf(state, 0);
    counter.#low = readHalf(state, 4);
    return counter;
  }

  serialize(): Uint8Array {
    const bytes = new Uint8Array(BYTES);
    writeHalf(this.#high, bytes, 0);
    writeHalf(this.#low, bytes, 4);
    return bytes;
  }

  handleRequest(request: Uint8Array): Uint8Array {
    if (isIncrement(request)) {
      this.#low = (this.#low + 1) >>> 0;
      if (this.#low === 0) this.#high = (this.#high + 1) >>> 0;
    }
    return this.serialize();
  }
}

function isIncrement(request: Uint8Array): boolean {
  if (request.length !== BYTES) return false;
  for (let at = 0; at < BYTES; at++) if (request[at] !== 0) return false;
  return true;
}

const readHalf = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24)
    | ((bytes[at + 1] ?? 0) << 16)
    | ((bytes[at + 2] ?? 0) << 8)
    | (bytes[at + 3] ?? 0))
  >>> 0;

function writeHalf(half: number, bytes: Uint8Array, at: number): void {
  bytes[at] = half >>> 24;
  bytes[at + 1] = half >>> 16;
  bytes[at + 2] = half >>> 8;
  bytes[at + 3] = half;
}
