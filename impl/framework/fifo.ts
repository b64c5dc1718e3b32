/**
 * # A queue
 *
 * First in, first out, in constant time; `Array.prototype.shift` is not. One array is read while
 * the other is written, and when the first is used up they change places, so neither ever holds
 * more than was waiting at once.
 */
export class Fifo<T> {
  #front: (T | undefined)[] = [];
  #head = 0;
  #back: T[] = [];

  get length(): number {
    return this.#front.length - this.#head + this.#back.length;
  }

  push(item: T): void {
    this.#back.push(item);
  }

  shift(): T | undefined {
    if (this.#head === this.#front.length) {
      if (this.#back.length <= 1) return this.#back.pop(); // The arrays may stay where they are.
      this.#front = this.#back;
      this.#back = [];
      this.#head = 0;
    }
    const item = this.#front[this.#head];
    this.#front[this.#head++] = undefined; // What has been taken is not kept alive.
    return item;
  }

  clear(): void {
    this.#front = [];
    this.#head = 0;
    this.#back = [];
  }
}
