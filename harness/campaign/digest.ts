/**
 * # The digest of a behaviour
 *
 * A number that two behaviours share only if, but for bad luck, they did the same in the same
 * order, to the last byte. It serves to find out whether a seed leads to the same behaviour twice.
 */
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';

export class Digest {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  get value(): string {
    const half = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return half(this.#a) + half(this.#b);
  }

  step(host: number, action: string, clock: number, io: readonly ObservedIo[]): void {
    this.#word(host);
    this.#text(action);
    this.#word(clock);
    for (const operation of io) {
      this.#text(operation.type);
      if (operation.type === 'send') this.#text(operation.dst);
      if (operation.type === 'receive') this.#text(operation.src);
      if ('bytes' in operation) this.bytes(operation.bytes);
    }
  }

  bytes(bytes: Uint8Array): void {
    this.#word(bytes.length);
    for (const byte of bytes) this.#word(byte);
  }

  #text(text: string): void {
    for (let index = 0; index < text.length; index++) this.#word(text.charCodeAt(index));
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    this.#b = Math.imul((this.#b << 13) | (this.#b >>> 19), 5) + (word ^ this.#a);
  }
}
