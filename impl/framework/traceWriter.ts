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
import type { Io, Received } from './io.ts';
import { SealChain, TRACE_FORMAT, TRACE_VERSION, type TraceHeader } from './traceFormat.ts';
import { UsageError } from './usageError.ts';

export class TraceWriter {
  readonly #path: string;
  readonly #file: number;
  readonly #chain = new SealChain();
  readonly #placeOf = new Map<EndPoint, number>();
  /** Whole lines that are not in the file yet. */
  #lines = '';
  /** The operations of the step that is being taken. */
  #io = '';
  #steps = 0;
  /** Bytes in the file, all of them whole lines. */
  #length = 0;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Creates the file. Throws a {@link UsageError} if it cannot or if the file exists, unless
   * `overwrite`.
   */
  static create(path: string, overwrite: boolean): TraceWriter {
    try {
      return new TraceWriter(path, openSync(path, overwrite ? 'w' : 'wx'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        throw new UsageError(
          `Trace file ${path} exists already; give overwrite=true or another trace=`,
        );
      }
      throw new UsageError(`Could not create trace file ${path}: ${messageOf(error)}`);
    }
  }

  /** Writes the first line. */
  begin(header: Omit<TraceHeader, 'format' | 'version'>): void {
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
        this.#io += received ? this.#receive(received) : '{"op":"T"},';
        return received;
      },
      readClock: () => {
        const now = io.readClock();
        this.#io += `{"op":"C","now":${JSON.stringify(now)}},`;
        return now;
      },
      send: (dst, bytes) => {
        this.#io += `{"op":"S","dst":${this.#party(dst)},"bytes":"${hex(bytes)}"},`;
        io.send(dst, bytes);
      },
    };
  }

  /** The step is over; `state` is a plain object that JSON can carry. */
  endStep(action: string, state: unknown): void {
    const io = this.#io.slice(0, -1);
    this.#io = '';
    this.#steps++;
    this.#add(`{"action":${JSON.stringify(action)},"io":[${io}],"state":${JSON.stringify(state)}`);
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
    this.#lines += `${this.#chain.seal(content)}\n`;
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
