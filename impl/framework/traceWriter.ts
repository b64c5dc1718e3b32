/**
 * # Recording a trace
 *
 * Writes down every operation of a host, step by step. What has been recorded since the last flush
 * is written with one call, and the server does so *before* it releases what those steps send. So
 * whatever any host is ever recorded to have received, its sender is recorded to have sent, even if
 * the sender was killed.
 *
 * Writing leaves it to the system when bytes reach the disk: a trace survives the death of its
 * server, not that of the machine.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { classOf, kindOf, MAX_DEPTH } from '../../spec/framework/kind.ts';
import type { Io, Received } from './io.ts';
import {
  MAX_LINE,
  SealChain,
  TRACE_FORMAT,
  TRACE_VERSION,
  type TraceHeader,
} from './traceFormat.ts';
import { UsageError } from './usageError.ts';

/** So many bytes of steps do not wait for the next flush. */
const MAX_WAITING = 16 * 1024 * 1024;

/** What a line has besides its operations and its state, and more. */
const REST_OF_LINE = 1024;

export class TraceWriter {
  readonly #path: string;
  readonly #file: number;
  readonly #maxLine: number;
  readonly #chain = new SealChain();
  readonly #placeOf = new Map<EndPoint, number>();
  /** Whole lines that are not in the file yet. */
  #lines = '';
  /** The operations of the step that is being taken. */
  #io = '';
  #steps = 0;
  /** Bytes in the file, all of them whole lines. */
  #length = 0;

  private constructor(path: string, file: number, maxLine: number) {
    this.#path = path;
    this.#file = file;
    this.#maxLine = maxLine;
  }

  /**
   * Creates the file. Throws a {@link UsageError} if it cannot or if the file exists, unless
   * `overwrite`.
   */
  static create(path: string, overwrite: boolean, maxLine = MAX_LINE): TraceWriter {
    try {
      return new TraceWriter(path, openSync(path, overwrite ? 'w' : 'wx'), maxLine);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        throw new UsageError(
          `Trace file ${path} exists already; give overwrite=true or another trace=`,
        );
      }
      throw new UsageError(`Could not create trace file ${path}: ${messageOf(error)}`);
    }
  }

  /**
   * Writes the first line. Throws a TypeError that names the field if JSON cannot carry the
   * parameters or the state.
   */
  begin(header: Omit<TraceHeader, 'format' | 'version'>): void {
    requireJson('parameters', header.parameters);
    requireJson('start', header.start);
    header.hosts.forEach(({ endPoint }, place) => {
      this.#placeOf.set(endPoint, place);
    });
    const first = JSON.stringify({ format: TRACE_FORMAT, version: TRACE_VERSION, ...header });
    this.#add(first.slice(0, -1));
    this.flush();
  }

  /** The same world, but what is done to it is recorded as part of the step that is being taken. */
  watch(io: Io): Io {
    return {
      receive: () => {
        const received = io.receive();
        this.#note(received ? this.#receive(received) : '{"op":"T"},');
        return received;
      },
      readClock: () => {
        const now = io.readClock();
        this.#note(`{"op":"C","now":${JSON.stringify(now)}},`);
        return now;
      },
      send: (dst, bytes) => {
        this.#note(`{"op":"S","dst":${this.#party(dst)},"bytes":"${hex(bytes)}"},`);
        io.send(dst, bytes);
      },
    };
  }

  /**
   * The step is over. Throws a TypeError that names the field if JSON cannot carry `state`: it
   * consists of records, arrays, texts, finite numbers, booleans and null, and where a record has
   * `undefined`, the trace has nothing. Throws a {@link UsageError} if the step is too long.
   */
  endStep(action: string, state: unknown): void {
    requireJson('state', state);
    const after = JSON.stringify(state);
    // A character takes at most three bytes.
    this.#requireRoom(3 * after.length);
    const io = this.#io.slice(0, -1);
    this.#io = '';
    this.#steps++;
    this.#add(`{"action":${JSON.stringify(action)},"io":[${io}],"state":${after}`);
  }

  /**
   * Writes the steps recorded since the last time. Throws a {@link UsageError} if the file cannot
   * take them, and leaves it as it was before.
   */
  flush(): void {
    if (this.#lines === '') return;
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      this.#length += bytes.length;
    } catch (error) {
      this.#dropTornLine();
      throw new UsageError(
        `Could not write to trace file ${this.#path}: ${messageOf(error)}; `
          + 'make room, or start without trace=',
      );
    }
  }

  /** Writes the rest and, if all went well, that nothing follows; then closes the file. */
  close(ended: boolean): void {
    try {
      if (ended) this.#add(`{"end":true,"steps":${this.#steps}`);
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  /** Adds a line for a JSON object whose closing brace is left off. */
  #add(content: string): void {
    if (this.#lines.length + content.length > MAX_WAITING) this.flush();
    this.#lines += `${this.#chain.seal(content)}\n`;
  }

  /** Adds an operation to the step that is being taken. */
  #note(operation: string): void {
    this.#requireRoom(operation.length);
    this.#io += operation;
  }

  /** Nobody could read a longer line. */
  #requireRoom(bytes: number): void {
    if (this.#io.length + bytes + REST_OF_LINE <= this.#maxLine) return;
    throw new UsageError(
      `Trace file ${this.#path} cannot take a step of more than ${this.#maxLine} bytes; `
        + 'start without trace=',
    );
  }

  #dropTornLine(): void {
    try {
      ftruncateSync(this.#file, this.#length);
    } catch {
      // What does not let itself be cut, such as a pipe, keeps its torn line, and readers will say
      // so.
    }
  }

  #receive({ src, bytes }: Received): string {
    return `{"op":"R","src":${this.#party(src)},"bytes":"${hex(bytes)}"},`;
  }

  #party(endPoint: EndPoint): string {
    return String(this.#placeOf.get(endPoint) ?? JSON.stringify(endPoint));
  }
}

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Throws a TypeError if a value would not come back from JSON as it is. */
function requireJson(name: string, value: unknown): void {
  const problem = whereUnfit(value, 0);
  if (problem !== undefined) {
    throw new TypeError(`${name}${problem}, which JSON cannot carry; record it as plain data`);
  }
}

/** Where in a value there is something that JSON cannot carry, and what it is. */
function whereUnfit(value: unknown, depth: number): string | undefined {
  const kind = kindOf(value);
  switch (kind) {
    case 'null':
    case 'boolean':
    case 'string':
      return undefined;
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return undefined;
      return ` is ${Object.is(value, -0) ? '-0' : value}`;
    case 'array':
    case 'record':
      if (depth === MAX_DEPTH) return ` is nested more than ${MAX_DEPTH} deep`;
      return kind === 'array'
        ? inArray(value as readonly unknown[], depth)
        : inRecord(value as Readonly<Record<string, unknown>>, depth);
    default:
      return ` is ${kind ?? classOf(value)}`;
  }
}

function inArray(items: readonly unknown[], depth: number): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const problem = whereUnfit(items[index], depth + 1);
    if (problem !== undefined) return `[${index}]${problem}`;
  }
  return undefined;
}

function inRecord(record: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  // Records inherit nothing that this could meet; and it makes no list of keys.
  for (const key in record) {
    const field = record[key];
    if (field === undefined) continue;
    const problem = whereUnfit(field, depth + 1);
    if (problem !== undefined) return `.${key}${problem}`;
  }
  return undefined;
}
