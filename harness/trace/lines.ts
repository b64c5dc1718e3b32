/**
 * # The lines of a file
 *
 * One after the other, however large the file is. Of the file, no more is in memory than a buffer
 * of a chunk or twice its longest line.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MAX_LINE } from '../../impl/framework/traceFormat.ts';
import { UsageError } from '../../impl/framework/usageError.ts';

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

export class LineReader {
  readonly #path: string;
  readonly #file: number;
  readonly #maxLine: number;
  readonly #what: string;
  #buffer = Buffer.allocUnsafe(CHUNK);
  /** What has been read and not been given yet. */
  #start = 0;
  #end = 0;
  #bytesRead = 0;

  /**
   * `what` is what people call such a file. Throws a {@link UsageError} if it cannot be opened.
   */
  constructor(path: string, maxLine = MAX_LINE, what = 'trace') {
    this.#path = path;
    this.#maxLine = maxLine;
    this.#what = what;
    this.#file = this.#attempt(() => openSync(path, 'r'));
  }

  /** The length of the file in bytes, or 0 if that is not known, as of a pipe. */
  get size(): number {
    return this.#attempt(() => fstatSync(this.#file)).size;
  }

  /** How many bytes of the file have been read. */
  get bytesRead(): number {
    return this.#bytesRead;
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
          `${this.#path} has a line longer than ${this.#maxLine} bytes; it is no ${this.#what}`,
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
    this.#bytesRead += count;
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
      throw new UsageError(`Could not read ${this.#what} ${this.#path}: ${message}`);
    }
  }
}
