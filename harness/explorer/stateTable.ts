/**
 * # The states found so far
 *
 * Of a state only its fingerprint is kept, and how it was first reached: from which state, and by which of its
 * steps. States are numbered in the order in which they are found. The fingerprints are found by open addressing in
 * a table of numbers, at most half full; a state takes about 30 bytes.
 *
 * Two different states with the same fingerprint would be taken for one. How likely that is follows
 * from their number, and is reported.
 */
export class StateTable {
  #size = 0;
  #slots = new Int32Array(1 << 12); // A state's number plus one; 0 where there is none.
  #prints = new Int32Array(1 << 12); // Two halves a state.
  #parents = new Int32Array(1 << 11);
  #ways = new Int32Array(1 << 11);

  get size(): number {
    return this.#size;
  }

  /** The state's number. It is new if that is what `size` was before. */
  add(hi: number, lo: number, parent: number, way: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = lo & mask;
    for (;;) {
      const state = (slots[slot] as number) - 1;
      if (state < 0) break;
      if (this.#isAt(state, hi, lo)) return state;
      slot = (slot + 1) & mask;
    }
    const state = this.#size++;
    slots[slot] = state + 1;
    this.#prints[2 * state] = hi;
    this.#prints[2 * state + 1] = lo;
    this.#parents[state] = parent;
    this.#ways[state] = way;
    if (2 * this.#size >= slots.length) this.#grow();
    return state;
  }

  /** The number of the state with this fingerprint; −1 if there is none. */
  find(hi: number, lo: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = lo & mask; ; slot = (slot + 1) & mask) {
      const state = (this.#slots[slot] as number) - 1;
      if (state < 0 || this.#isAt(state, hi, lo)) return state;
    }
  }

  /** The ways that lead to a state: which initial state, and then which step each time. */
  waysTo(state: number): number[] {
    const ways: number[] = [];
    for (let at = state; at >= 0; at = this.#parents[at] as number) {
      ways.push(this.#ways[at] as number);
    }
    return ways.reverse();
  }

  #isAt(state: number, hi: number, lo: number): boolean {
    return this.#prints[2 * state + 1] === (lo | 0) && this.#prints[2 * state] === (hi | 0);
  }

  #grow(): void {
    this.#prints = enlarged(this.#prints);
    this.#parents = enlarged(this.#parents);
    this.#ways = enlarged(this.#ways);
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let state = 0; state < this.#size; state++) {
      let slot = (this.#prints[2 * state + 1] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = state + 1;
    }
    this.#slots = slots;
  }
}

function enlarged(numbers: Int32Array) {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** The chance that among so many different states two have the same fingerprint. */
export const collisionProbability = (states: number): number =>
  -Math.expm1((-states * (states - 1)) / 2 ** 65);
