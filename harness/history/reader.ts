/**
 * # Reading a history
 *
 * Gives the calls of a history file one by one, each checked for its shape. A file that cannot be
 * trusted is no history: nothing is said of the service then. In particular a file without a last
 * line misses calls that may have taken effect. Without them neither verdict is worth anything: a
 * reply may be explained only by a call that is missing, and a wrong one only be shown by it.
 */
import { z } from 'zod';
import { firstIssue } from '../../impl/framework/firstIssue.ts';
import { MAX_LINE } from '../../impl/framework/traceFormat.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import { LineReader } from '../trace/lines.ts';
import {
  HISTORY_FORMAT,
  HISTORY_SERVICES,
  HISTORY_VERSION,
  type HistoryService,
} from './writer.ts';

/** The first line. */
export interface HistoryHeader {
  readonly service: HistoryService;
  /** Which clock the times are of; nothing where the system had no name for it. */
  readonly clock: string | undefined;
}

/** A call as a history has it. Times are nanoseconds. */
export interface RecordedCall {
  readonly client: string;
  readonly invoked: bigint;
  readonly request: Uint8Array;
  /** Nothing where its fate is unknown. */
  readonly answer: { readonly completed: bigint; readonly reply: Uint8Array } | undefined;
}

export class HistoryReader {
  readonly path: string;
  readonly header: HistoryHeader;
  readonly #lines: LineReader;
  #line = 0;
  #calls = 0;
  #ended = false;

  private constructor(path: string, lines: LineReader) {
    this.path = path;
    this.#lines = lines;
    const first = this.#nextLine();
    if (first === undefined) {
      throw new UsageError(`History ${path} has no first line; nothing was recorded in it`);
    }
    const { service, clock } = this.#shaped(header, first);
    this.header = { service, clock };
  }

  /**
   * Reads the first line. Throws a {@link UsageError} if the file cannot be read or is no history.
   */
  static open(path: string, maxLine = MAX_LINE): HistoryReader {
    const lines = new LineReader(path, maxLine, 'history');
    try {
      return new HistoryReader(path, lines);
    } catch (error) {
      lines.close();
      throw error;
    }
  }

  /** The size of the file in bytes, 0 if not known, and how many of them have been read. */
  get size(): number {
    return this.#lines.size;
  }

  get bytesRead(): number {
    return this.#lines.bytesRead;
  }

  /** The line that was read last, counted from 1. */
  get line(): number {
    return this.#line;
  }

  /**
   * The next call; nothing after the last line. Throws a {@link UsageError} that says which line is
   * not as in a history, or that the last one is missing.
   */
  next(): RecordedCall | undefined {
    const content = this.#nextLine();
    if (content === undefined) return this.#atEnd();
    if (this.#ended) throw this.#wrong('something follows the line that says that nothing does');
    if (typeof content === 'object' && content !== null && 'end' in content) {
      const { calls } = this.#shaped(end, content);
      if (calls !== this.#calls) throw this.#wrong(`there were ${this.#calls} calls, not ${calls}`);
      this.#ended = true;
      return this.next();
    }
    this.#calls++;
    return this.#callOf(this.#shaped(call, content));
  }

  close(): void {
    this.#lines.close();
  }

  #atEnd(): undefined {
    if (this.#ended) return undefined;
    throw new UsageError(
      `History ${this.path} has no last line: its program was killed or still runs, and calls that `
        + 'may have taken effect are missing, so nothing can be said; record another',
    );
  }

  #callOf({ client, invoked, completed, request, reply }: z.infer<typeof call>): RecordedCall {
    if ((completed === undefined) !== (reply === undefined)) {
      throw this.#wrong('a call has a reply if and only if it has a time of completion');
    }
    const made = {
      client,
      invoked: BigInt(invoked),
      request: Buffer.from(request, 'hex'),
    };
    if (completed === undefined || reply === undefined) return { ...made, answer: undefined };
    const answer = { completed: BigInt(completed), reply: Buffer.from(reply, 'hex') };
    if (answer.completed < made.invoked) {
      throw this.#wrong('the reply came before the call was made');
    }
    return { ...made, answer };
  }

  #nextLine(): unknown {
    const line = this.#lines.next();
    this.#line++;
    if (line === undefined) {
      if (this.#ended && this.#lines.torn > 0) {
        throw this.#wrong('something follows the line that says that nothing does');
      }
      return undefined;
    }
    try {
      return JSON.parse(line.toString('utf8'));
    } catch {
      throw this.#wrong('the line is not JSON');
    }
  }

  #shaped<Shape>(shape: z.ZodType<Shape>, content: unknown): Shape {
    const parsed = shape.safeParse(content);
    if (parsed.success) return parsed.data;
    throw this.#wrong(`this is not as in a history: ${firstIssue(parsed.error)}`);
  }

  #wrong(problem: string): UsageError {
    return new UsageError(`History ${this.path}, line ${this.#line}: ${problem}`);
  }
}

const hexadecimal = z
  .string()
  .regex(/^[0-9a-f]*$/, 'not bytes in hexadecimal')
  .refine(({ length }) => length % 2 === 0, 'half a byte');

/** No clock of nanoseconds comes so far. */
const NO_TIME = 2n ** 63n;

const isTime = (value: unknown): boolean =>
  typeof value === 'string'
    ? /^[0-9]{1,19}$/.test(value) && BigInt(value) < NO_TIME
    : Number.isSafeInteger(value) && (value as number) >= 0;

const nanoseconds = z.custom<number | string>(isTime, 'not a time in nanoseconds');

const header = z.strictObject({
  format: z.literal(HISTORY_FORMAT),
  version: z.literal(HISTORY_VERSION),
  service: z.enum(HISTORY_SERVICES),
  clock: z.string().min(1).optional(),
});

const call = z.strictObject({
  client: z.string(),
  invoked: nanoseconds,
  completed: nanoseconds.optional(),
  request: hexadecimal,
  reply: hexadecimal.optional(),
});

const end = z.strictObject({ end: z.literal(true), calls: z.int().min(0) });
