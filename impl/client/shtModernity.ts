/**
 * # Whether a host knows more than the original
 *
 * A host of the original's kind passes over what it cannot read. So whoever asks it for its numbers,
 * and is then answered a question that he asked later, knows that it does not know them.
 */
export class Modernity {
  #isModern: boolean | undefined;
  /** When the host was asked over this connection, the number of the next question. */
  #askedAt: number | undefined;

  /** Nothing as long as it is not known. */
  get isModern(): boolean | undefined {
    return this.#isModern;
  }

  /** Whether it has been asked and has not answered. */
  get isAsked(): boolean {
    return this.#askedAt !== undefined;
  }

  /** It is asked now, before a question with this number. */
  ask(next: number): void {
    this.#askedAt = next;
  }

  /** It has told its numbers. */
  tells(): void {
    this.#isModern = true;
    this.#askedAt = undefined;
  }

  /** It has answered the question with this number. */
  answers(number: number): void {
    if (this.#askedAt === undefined || number < this.#askedAt) return;
    this.#isModern ??= false;
    this.#askedAt = undefined;
  }
}
