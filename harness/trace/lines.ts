/**
 * # The lines of a file
 *
 * One after the other, however large the file is. No more than a line and a chunk of it are in
 * memory.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../../impl/framework/usageError.ts';

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The longest line of any trace, in bytes: a step that received and sent the longest payloads, and
 * more.
 */
const MAX_LINE = 256 * 1024 * 1024;

export class LineReader {
  readonly #path: string;
  readonly #file: number;
  readonly #maxLine: number;
  #buffer = Buffer.allocUnsafe(CHUNK);
  /** What has been read and not been given yet. */
  #start = 0;
  #end = 0;

  /** Throws a {@link UsageError} if the file cannot be opened. */
  constructor(path: string, maxLine = MAX_LINE) {
    this.#path = path;
    this.#maxLine = maxLine;
    this.#file = this.#attempt(() => openSync(path, 'r'));
  }

  /** How many bytes follow the last newline; asked when there are no more lines. */
  get torn(): number {
    return this.#end - this.#start;
  }

  /**
   * The next line without its newline, in memory that the next call uses again; nothing at the end.
   */
  next(): Buffer | undefined {
    let searched = this.#start;
    for (;;) {
      const newline = this.#buffer.indexOf(NEWLINE, searched);
      if (newline >= 0 && newline < this.#end) {
        const line = this.#buffer.subarray(this.#start, newline);
        this.#start = newline + 1;
        return line;
      }
      const length = this.#end - this.#start;
      if (length > this.#maxLine) {
        throw new UsageError(
          `${this.#path} has a line longer than ${this.#maxLine} bytes; it is no trace`,
        );
      }
      if (!this.#readOn()) return undefined;
      searched = this.#start + length;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Reads another chunk behind what there is; says whether anything came. */
  #readOn(): boolean {
    this.#makeRoom();
    const room = this.#buffer.length - this.#end;
    const count = this.#attempt(() => readSync(this.#file, this.#buffer, this.#end, room, null));
    this.#end += count;
    return count > 0;
  }

  #makeRoom(): void {
    const length = this.#end - this.#start;
    const size = length > this.#buffer.length / 2 ? 2 * this.#buffer.length : this.#buffer.length;
    const roomier = size > this.#buffer.length ? Buffer.allocUnsafe(size) : this.#buffer;
    this.#buffer.copy(roomier, 0, this.#start, this.#end);
    this.#buffer = roomier;
    this.#start = 0;
    this.#end = length;
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new UsageError(`Could not read trace ${this.#path}: ${message}`);
    }
  }
}
