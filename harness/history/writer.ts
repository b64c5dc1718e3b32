/**
 * # Writing a history
 *
 * A history is what the clients of one process saw, a line of JSON for each call, in the order in
 * which they ended. The first line says what was called; a last line, if the process stopped in
 * good order, that nothing follows.
 *
 *     {"format":"ironfleet-history","version":1,"service":"kv","clock":"7c1e…"}
 *     {"client":"1","invoked":8100200300,"completed":8100900100,"request":"00…","reply":"00…"}
 *     {"client":"2","invoked":8100200900,"request":"00…"}
 *     {"end":true,"calls":2}
 *
 * Bytes are hexadecimal. Times are nanoseconds of the machine's monotonic clock, which all its
 * processes share, as numbers or, where these are not exact, as texts; `clock` is which clock that
 * is, so histories are only put together if it is the same. A call that is never answered has no
 * time of completion and no reply: it may have taken effect, and may still do.
 *
 * A call is written down when it has ended. So of a process that was killed the last calls are
 * missing, also such as took effect; its history has no last line. An answer that makes a line too
 * long is left out with its time: then the history says less, but nothing wrong.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { RequestError } from '../../impl/client/errors.ts';
import { MAX_LINE } from '../../impl/framework/traceFormat.ts';
import { UsageError } from '../../impl/framework/usageError.ts';

export const HISTORY_FORMAT = 'ironfleet-history';
export const HISTORY_VERSION = 1;

/** What can be called, in a history. */
export const HISTORY_SERVICES = ['kv', 'counter', 'sht'] as const;
export type HistoryService = (typeof HISTORY_SERVICES)[number];

/** So many characters of lines do not wait any longer. */
const MAX_WAITING = 256 * 1024;

/** What a line has besides a request and a reply, and more. */
const REST_OF_LINE = 1024;

/** A call that has not ended, with its line as far as it is known. */
interface OpenCall {
  readonly beginning: string;
}

/** A call that has ended. Times are nanoseconds, as of `process.hrtime.bigint()`. */
export interface EndedCall {
  readonly client: string;
  readonly invoked: bigint;
  readonly request: Uint8Array;
  /** Nothing where there was none, and its fate is unknown. */
  readonly answer: { readonly completed: bigint; readonly reply: Uint8Array } | undefined;
}

export class HistoryWriter {
  readonly #path: string;
  readonly #file: number;
  #lines = '';
  #calls = 0;
  /** Calls that have not ended. */
  readonly #open = new Set<OpenCall>();
  #closed = false;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Creates the file. Throws a {@link UsageError} if it cannot or if the file exists, unless
   * `overwrite`.
   */
  static create(path: string, service: HistoryService, overwrite: boolean): HistoryWriter {
    let file: number;
    try {
      file = openSync(path, overwrite ? 'w' : 'wx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        throw new UsageError(
          `History file ${path} exists already; give overwrite=true or another history=`,
        );
      }
      throw new UsageError(`Could not create history file ${path}: ${messageOf(error)}`);
    }
    const writer = new HistoryWriter(path, file);
    const header = { format: HISTORY_FORMAT, version: HISTORY_VERSION, service, clock: clock() };
    writer.#add(JSON.stringify(header));
    writer.flush();
    return writer;
  }

  /**
   * Makes a call and writes down what its client saw. A call that failed before it was sent has not
   * been made, or one that the service did not execute has done nothing: neither is written down; of
   * any other that fails the fate is unknown. Throws what `submit` throws.
   */
  async record(
    client: string,
    request: Uint8Array,
    submit: (request: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const invoked = process.hrtime.bigint();
    const open: OpenCall = { beginning: beginning(client, invoked, request) };
    if (!this.#closed) this.#open.add(open);
    try {
      const reply = await submit(request);
      const completed = process.hrtime.bigint();
      if (this.#open.delete(open)) this.#end(open.beginning, { completed, reply });
      return reply;
    } catch (error) {
      const nothingDone = error instanceof RequestError && error.fate !== 'unknown';
      if (this.#open.delete(open) && !nothingDone) this.#end(open.beginning, undefined);
      throw error;
    }
  }

  /** Writes down a call that has ended. */
  write({ client, invoked, request, answer }: EndedCall): void {
    this.#end(beginning(client, invoked, request), answer);
  }

  /** Writes what waits. Throws a {@link UsageError} if the file cannot take it. */
  flush(): void {
    if (this.#lines === '') return;
    const bytes = Buffer.from(this.#lines, 'utf8');
    this.#lines = '';
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      throw new UsageError(
        `Could not write to history file ${this.#path}: ${messageOf(error)}; `
          + 'make room, or start without history=',
      );
    }
  }

  /**
   * Writes down what has not ended as calls of unknown fate, then that nothing follows, and closes
   * the file. Whatever is recorded later is not written down.
   */
  close(): void {
    this.#closed = true;
    try {
      for (const open of this.#open) this.#end(open.beginning, undefined);
      this.#open.clear();
      this.#add(JSON.stringify({ end: true, calls: this.#calls }));
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  #end(start: string, answer: EndedCall['answer']): void {
    this.#calls++;
    const isTooLong =
      answer !== undefined && start.length + 2 * answer.reply.length > MAX_LINE - REST_OF_LINE;
    const ending =
      answer === undefined || isTooLong
        ? ''
        : `,"completed":${nanoseconds(answer.completed)},"reply":"${hex(answer.reply)}"`;
    this.#add(`${start}${ending}}`);
  }

  #add(line: string): void {
    this.#lines += `${line}\n`;
    if (this.#lines.length > MAX_WAITING) this.flush();
  }
}

/** The line of a call that has been made, as far as it is known then. */
const beginning = (client: string, invoked: bigint, request: Uint8Array): string =>
  `{"client":${JSON.stringify(client)},"invoked":${nanoseconds(invoked)},"request":"${hex(request)}"`;

const nanoseconds = (time: bigint): string =>
  time <= Number.MAX_SAFE_INTEGER ? `${time}` : `"${time}"`;

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

/** Which clock the times are of, where the system has a name for that: one from boot to boot. */
function clock(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return undefined;
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
