/**
 * # The packets sent so far
 *
 * A set that grows with every different packet of a behaviour and never forgets one, because a
 * packet may come however late. It keeps no packets, only their fingerprints of 64 bits in a table
 * with open addressing: 11 to 21 bytes a packet (half as much again while the table grows),
 * however long the packet is, and no limit before memory has one.
 *
 * Two packets of one fingerprint are one to this set, so a packet that nobody sent may pass as
 * sent. That happens to such a packet with a chance of one in 2⁶⁴ for each packet that was sent:
 * after a milliard of them, one in seventeen milliards. A fingerprint resists chance, not malice.
 */
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';

/** How many entries there is room for at first; a power of two, as it always is. */
const FIRST_ROOM = 256;

/** An entry takes two words, the halves of its fingerprint. */
const ENTRY = 2;

export class PacketSet {
  /** Entries, each as near behind its place as there was room; two zeros where there is none. */
  #table = new Int32Array(ENTRY * FIRST_ROOM);
  #size = 0;

  /** How many packets are in it. */
  get size(): number {
    return this.#size;
  }

  /** Whether the packet with this fingerprint is in it. */
  has({ hi, lo }: Fingerprint): boolean {
    return this.#table[this.#find(hi | 0, wordOf(lo)) + 1] !== 0;
  }

  /** Puts in the packet with this fingerprint; says whether it was not there yet. */
  add({ hi, lo }: Fingerprint): boolean {
    const word = wordOf(lo);
    const at = this.#find(hi | 0, word);
    if (this.#table[at + 1] !== 0) return false;
    this.#table[at] = hi | 0;
    this.#table[at + 1] = word;
    this.#size++;
    // Of four places one stays free, so that a search is short and ends.
    if (4 * ENTRY * this.#size > 3 * this.#table.length) this.#grow();
    return true;
  }

  /** Where the entry is, or else where it belongs. */
  #find(hi: number, lo: number): number {
    const table = this.#table;
    const last = table.length - ENTRY;
    // Not with `&`, which takes 32 bits, so that a table may have more words than that can count.
    let at = ((hi >>> 0) % (table.length / ENTRY)) * ENTRY;
    while (table[at + 1] !== 0 && (table[at] !== hi || table[at + 1] !== lo)) {
      at = at === last ? 0 : at + ENTRY;
    }
    return at;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(2 * old.length);
    for (let at = 0; at < old.length; at += ENTRY) {
      const [hi, lo] = [old[at] as number, old[at + 1] as number];
      if (lo === 0) continue;
      const to = this.#find(hi, lo);
      this.#table[to] = hi;
      this.#table[to + 1] = lo;
    }
  }
}

/** The second half of a fingerprint as an entry has it: never 0, which stands for no entry. */
const wordOf = (lo: number): number => lo | 0 || 1;
