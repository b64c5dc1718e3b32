/**
 * # Hosts' states, each kept once
 *
 * A state of a host is a record, and a step changes a few of its fields. So fields are kept once,
 * and a state is known by which ones it has: to find out whether a state is known, only what has
 * changed is looked into.
 */
import { equal } from '../../spec/framework/equal.ts';
import { fingerprint, Hasher } from '../../spec/framework/fingerprint.ts';
import type { Symmetry } from './symmetry.ts';

/** A value of one field of the host at one place. */
interface FieldPart {
  readonly value: unknown;
  readonly id: number;
  /** Its fingerprint after each renaming, two halves each. */
  readonly images: Int32Array;
}

/** A state of the host at one place, and what was found out about it. */
export interface HostPart<State, Move> {
  readonly value: State;
  /** Different for all states at all places. */
  readonly id: number;
  readonly place: number;
  /** Its fingerprint after each renaming, two halves each: the sums of those of its fields. */
  readonly images: Int32Array;
  /** What it can do of its own accord, once that was asked. */
  local: readonly Move[] | undefined;
  /** What it can do with packets, of those for which it was asked; their numbers are in `heard`. */
  readonly onPackets: Move[];
  heard: Int32Array;
}

const NO_BITS = new Int32Array(0);

export class HostParts<State, Message, Move> {
  readonly #symmetry: Symmetry<Message>;
  readonly #fields = new Map<string, FieldParts>();
  readonly #known = new Map<string, HostPart<State, Move>>();

  constructor(symmetry: Symmetry<Message>) {
    this.#symmetry = symmetry;
  }

  /** How many there are. */
  get size(): number {
    return this.#known.size;
  }

  intern(place: number, state: State): HostPart<State, Move> {
    const fields: [string, FieldPart][] = [];
    let key = `${place}`;
    for (const [name, value] of Object.entries(state as object)) {
      const field = this.#field(place, name).intern(value);
      fields.push([name, field]);
      key += ` ${field.id}`;
    }
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const part: HostPart<State, Move> = {
      value: Object.fromEntries(fields.map(([name, { value }]) => [name, value])) as State,
      id: this.#known.size,
      place,
      images: sums(
        fields.map(([, { images }]) => images),
        this.#symmetry.size,
      ),
      local: undefined,
      onPackets: [],
      heard: NO_BITS,
    };
    this.#known.set(key, part);
    return part;
  }

  #field(place: number, name: string): FieldParts {
    const at = `${place} ${name}`;
    let field = this.#fields.get(at);
    if (field === undefined) {
      field = new FieldParts((value) => this.#images(place, name, value));
      this.#fields.set(at, field);
    }
    return field;
  }

  #images(place: number, name: string, value: unknown): Int32Array {
    const { size } = this.#symmetry;
    const images = new Int32Array(2 * size);
    for (let renaming = 0; renaming < size; renaming++) {
      const image = this.#symmetry.field(renaming, place, name, value);
      const print = new Hasher().word(image.place).add(name).add(image.value).digest();
      images[2 * renaming] = print.hi;
      images[2 * renaming + 1] = print.lo;
    }
    return images;
  }
}

const sums = (all: readonly Int32Array[], size: number): Int32Array => {
  const total = new Int32Array(2 * size);
  for (const images of all) {
    for (let at = 0; at < total.length; at++) {
      total[at] = ((total[at] as number) + (images[at] as number)) | 0;
    }
  }
  return total;
};

/** The values of one field. */
class FieldParts {
  readonly #imagesOf: (value: unknown) => Int32Array;
  readonly #primitives = new Map<unknown, FieldPart>();
  /** Objects that came up, each with the part that it equals. */
  readonly #objects = new WeakMap<object, FieldPart>();
  readonly #buckets = new Map<number, FieldPart[]>();
  #size = 0;

  constructor(imagesOf: (value: unknown) => Int32Array) {
    this.#imagesOf = imagesOf;
  }

  intern(value: unknown): FieldPart {
    const isObject = typeof value === 'object' && value !== null;
    const seen = isObject ? this.#objects.get(value) : this.#primitives.get(value);
    if (seen !== undefined) return seen;
    const part = this.#find(value);
    if (isObject) this.#objects.set(value, part);
    else this.#primitives.set(value, part);
    return part;
  }

  #find(value: unknown): FieldPart {
    const { lo } = fingerprint(value);
    const bucket = this.#buckets.get(lo);
    const known = bucket?.find((other) => equal(other.value, value));
    if (known !== undefined) return known;
    const part = { value, id: this.#size++, images: this.#imagesOf(value) };
    if (bucket === undefined) this.#buckets.set(lo, [part]);
    else bucket.push(part);
    return part;
  }
}
