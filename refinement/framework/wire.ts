/**
 * # The wire format, as a definition
 *
 * The grammar in which every message is written, and what bytes mean under it. This is the
 * yardstick for the implementation's own marshalling, so it shares no code with it and prefers
 * being obvious to being fast: a value is written in one way only, and bytes either are exactly one
 * value or mean nothing.
 *
 * Follows Common/Framework and Impl/Common/GenericMarshalling.i.dfy of IronFleet; departs from it
 * in that integers above `Number.MAX_SAFE_INTEGER` mean nothing.
 */

export type Grammar =
  | { readonly kind: 'u64' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'array'; readonly of: Grammar }
  | { readonly kind: 'tuple'; readonly of: readonly Grammar[] }
  | { readonly kind: 'union'; readonly of: readonly Grammar[] };

export type Value =
  | number
  | Uint8Array
  | readonly Value[]
  | { readonly case: number; readonly value: Value };

/** The one value that `bytes` are, or nothing. */
export function read(grammar: Grammar, bytes: Uint8Array): Value | undefined {
  const reader = new Reader(bytes);
  const value = readValue(grammar, reader);
  return value !== undefined && reader.left === 0 ? value : undefined;
}

/** The payload of a frame on a stream: eight bytes of length, then that many bytes and no more. */
export const isFrameOf = (frame: Uint8Array, payload: Uint8Array): boolean => {
  const reader = new Reader(frame);
  if (reader.u64() !== payload.length || reader.left !== payload.length) return false;
  for (let index = 0; index < payload.length; index++) {
    if (frame[8 + index] !== payload[index]) return false;
  }
  return true;
};

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u64(): number | undefined {
    if (this.left < 8) return undefined;
    let value = 0;
    for (let index = 0; index < 8; index++) value = value * 256 + (this.#bytes[this.#at++] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }

  take(length: number): Uint8Array | undefined {
    if (length > this.left) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function readValue(grammar: Grammar, reader: Reader): Value | undefined {
  switch (grammar.kind) {
    case 'u64':
      return reader.u64();
    case 'bytes': {
      const length = reader.u64();
      return length === undefined ? undefined : reader.take(length);
    }
    case 'array': {
      const count = reader.u64();
      // Every element takes some bytes, so a count above what is left is a lie.
      if (count === undefined || count > reader.left) return undefined;
      return readAll(count, () => grammar.of, reader);
    }
    case 'tuple':
      return readAll(grammar.of.length, (index) => grammar.of[index], reader);
    case 'union': {
      const number = reader.u64();
      const chosen = number === undefined ? undefined : grammar.of[number];
      const value = chosen && readValue(chosen, reader);
      return number === undefined || value === undefined ? undefined : { case: number, value };
    }
  }
}

function readAll(
  count: number,
  grammarOf: (index: number) => Grammar | undefined,
  reader: Reader,
): readonly Value[] | undefined {
  const values: Value[] = [];
  for (let index = 0; index < count; index++) {
    const grammar = grammarOf(index);
    const value = grammar && readValue(grammar, reader);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
