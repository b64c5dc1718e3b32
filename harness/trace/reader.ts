/**
 * # Reading a trace
 *
 * Gives the steps of a trace one by one, each checked for its seal and its shape. Nothing is taken
 * from a line before its seal has been checked.
 */
import { z } from 'zod';
import { firstIssue } from '../../impl/framework/firstIssue.ts';
import {
  SealChain,
  TRACE_FORMAT,
  TRACE_VERSION,
  type TracedIo,
  type TraceHeader,
} from '../../impl/framework/traceFormat.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import { LineReader } from './lines.ts';

/** What a trace says cannot be what happened, or cannot be read. */
export class TraceRefusal extends Error {
  override readonly name = 'TraceRefusal';
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;

  constructor(path: string, line: number, problem: string) {
    super(problem);
    this.path = path;
    this.line = line;
  }
}

/** A step as a trace has it, and where. */
export interface RecordedStep {
  /** The place of the host among the service's hosts. */
  readonly host: number;
  readonly line: number;
  readonly action: string;
  readonly io: readonly TracedIo[];
  readonly state: unknown;
}

export class TraceReader {
  readonly path: string;
  readonly header: TraceHeader;
  readonly #lines: LineReader;
  readonly #allowTorn: boolean;
  readonly #chain = new SealChain();
  #line = 0;
  #steps = 0;
  #ended = false;

  private constructor(path: string, lines: LineReader, allowTorn: boolean) {
    this.path = path;
    this.#lines = lines;
    this.#allowTorn = allowTorn;
    const first = this.#nextLine();
    if (first === undefined) {
      throw new UsageError(`Trace ${path} has no first line; its server had not begun to record`);
    }
    this.header = this.#checkHeader(this.#shaped(header, first));
  }

  /** Reads the first line. Throws a {@link UsageError} if the file cannot be read, or has none. */
  static open(path: string, allowTorn = false): TraceReader {
    const lines = new LineReader(path);
    try {
      return new TraceReader(path, lines, allowTorn);
    } catch (error) {
      lines.close();
      throw error;
    }
  }

  /** How many steps have been read. */
  get steps(): number {
    return this.#steps;
  }

  /** The size of the file in bytes, 0 if not known, and how many of them have been read. */
  get size(): number {
    return this.#lines.size;
  }

  get bytesRead(): number {
    return this.#lines.bytesRead;
  }

  /** Whether the server that recorded this said at the end that nothing follows. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * The next step; nothing at the end. Throws a {@link TraceRefusal} where the trace cannot be
   * trusted.
   */
  next(): RecordedStep | undefined {
    const content = this.#nextLine();
    if (content === undefined) return undefined;
    if (this.#ended) throw this.#refusal('something follows the line that says that nothing does');
    if (typeof content === 'object' && content !== null && 'end' in content) {
      const { steps } = this.#shaped(end, content);
      if (steps !== this.#steps) {
        throw this.#refusal(`there were ${this.#steps} steps, not ${steps}`);
      }
      this.#ended = true;
      return this.next();
    }
    const { action, io, state } = this.#shaped(step, content);
    this.#steps++;
    return { host: this.header.host, line: this.#line, action, io, state };
  }

  close(): void {
    this.#lines.close();
  }

  /** The content of the next line, if there is one and it is sealed. */
  #nextLine(): unknown {
    const line = this.#lines.next();
    this.#line++;
    if (line === undefined) {
      if (this.#lines.torn > 0 && !this.#allowTorn) {
        throw this.#refusal(
          'the last line is torn: its server was killed while it wrote, or is still writing; '
            + 'give --allow-torn to check all lines before it',
        );
      }
      return undefined;
    }
    if (!this.#chain.holds(line)) {
      throw this.#refusal('the line and its seal do not agree: it is not what a server recorded');
    }
    try {
      return JSON.parse(line.toString('utf8'));
    } catch {
      throw this.#refusal('the line is not JSON');
    }
  }

  #shaped<Shape>(shape: z.ZodType<Shape>, content: unknown): Shape {
    const parsed = shape.safeParse(content);
    if (parsed.success) return parsed.data;
    throw this.#refusal(`this is not as in a trace: ${firstIssue(parsed.error)}`);
  }

  #checkHeader(read: TraceHeader): TraceHeader {
    const { hosts, host } = read;
    if (new Set(hosts.map(({ name }) => name)).size < hosts.length) {
      throw this.#refusal('two hosts have one name');
    }
    if (new Set(hosts.map(({ endPoint }) => endPoint)).size < hosts.length) {
      throw this.#refusal('two hosts have one end point');
    }
    if (host >= hosts.length) throw this.#refusal(`there is no host ${host}`);
    return read;
  }

  #refusal(problem: string): TraceRefusal {
    return new TraceRefusal(this.path, this.#line, problem);
  }
}

const endPoint = z.string().regex(/^[0-9a-f]{64}$/);
const place = z.int().min(0).max(998);
const party = z.union([place, endPoint]);
const hexadecimal = z
  .string()
  .regex(/^[0-9a-f]*$/)
  .refine(({ length }) => length % 2 === 0);

const header = z.object({
  format: z.literal(TRACE_FORMAT),
  version: z.literal(TRACE_VERSION),
  service: z.string(),
  serviceType: z.string(),
  hosts: z.array(z.object({ name: z.string().min(1), endPoint })).min(1),
  host: place,
  parameters: z.unknown(),
  start: z.unknown(),
});

const operation = z.discriminatedUnion('op', [
  z.object({ op: z.literal('R'), src: party, bytes: hexadecimal }),
  z.object({ op: z.literal('T') }),
  z.object({ op: z.literal('C'), now: z.number() }),
  z.object({ op: z.literal('S'), dst: party, bytes: hexadecimal }),
]);

const step = z.object({ action: z.string(), io: z.array(operation), state: z.unknown() });

const end = z.object({ end: z.literal(true), steps: z.int() });
