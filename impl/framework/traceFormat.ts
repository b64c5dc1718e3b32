/**
 * # Traces
 *
 * A trace is what one server really did, in a file: a line of JSON for each step, in the
 * order of the steps. The first line says who recorded it; a last line, if the server stopped
 * in good order, that nothing follows.
 *
 *     {"format":"ironfleet-trace", … ,"host":1,"start":{…},"seal":"4a17156e"}
 *     {"action":"accept","io":[{"op":"R", … },{"op":"S", … }],"state":{…},"seal":"0b8b9a2e"}
 *     {"end":true,"steps":1,"seal":"99c6d1a0"}
 *
 * A host of the service is named by its place in `hosts`, anybody else by its end point;
 * bytes are hexadecimal. Every line is sealed with a checksum over itself and all lines
 * before it, so any one byte that changes anywhere is noticed. That is against accidents, not
 * against forgers: whoever changes what a trace says and seals it again has to deceive the
 * checkers of what it says.
 */
import { crc32 } from 'node:zlib';
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { IoOperation } from '../../spec/framework/ioOrder.ts';

export const TRACE_FORMAT = 'ironfleet-trace';
export const TRACE_VERSION = 1;

export interface TraceHost {
  readonly name: string;
  readonly endPoint: EndPoint;
}

/** Who recorded a trace. */
export interface TraceHeader {
  readonly format: typeof TRACE_FORMAT;
  readonly version: typeof TRACE_VERSION;
  /** The service's friendly name, and its type, which says how to check it. */
  readonly service: string;
  readonly serviceType: string;
  /** All hosts of the service, in their order. */
  readonly hosts: readonly TraceHost[];
  /** The place in `hosts` of the one that recorded this. */
  readonly host: number;
  /** What the protocol depends on besides; the same at all hosts. */
  readonly parameters: unknown;
  /** The host's state before its first step. */
  readonly start: unknown;
}

/**
 * The longest line, in bytes. Whoever reads a line makes one string of it, and the system has none
 * longer than 512 MiB. A payload takes twice its length: the longest one can be recorded as
 * received and sent on to two hosts in one step, but not to more.
 */
export const MAX_LINE = 448 * 1024 * 1024;

/** A host of the service by its place, or anybody else by end point. */
export type TracedParty = number | EndPoint;

/** One operation of a step. */
export type TracedIo =
  | { readonly op: Extract<IoOperation, 'R'>; readonly src: TracedParty; readonly bytes: string }
  | { readonly op: Extract<IoOperation, 'T'> }
  | { readonly op: Extract<IoOperation, 'C'>; readonly now: number }
  | { readonly op: Extract<IoOperation, 'S'>; readonly dst: TracedParty; readonly bytes: string };

/** One step; `state` is the host's state after it. */
export interface TracedStep {
  readonly action: string;
  readonly io: readonly TracedIo[];
  readonly state: unknown;
}

/** The last line. */
export interface TraceEnd {
  readonly end: true;
  readonly steps: number;
}

/**
 * The end of every line but its newline. It takes the place of the closing brace of what is sealed.
 */
const SEAL = ',"seal":"';
const SEAL_DIGITS = 8;
const SEAL_END = '"}';

/** Bytes that a seal adds to a line, less the brace that it replaces. */
export const SEAL_LENGTH = SEAL.length + SEAL_DIGITS + SEAL_END.length;

/** Seals one line after the other, or tells whether they were. */
export class SealChain {
  /** The checksum of all content so far. */
  #checksum = 0;

  /** The line, without its newline, for a JSON object whose closing brace is left off. */
  seal(content: string): string {
    this.#checksum = crc32(content, this.#checksum);
    return content + this.#seal();
  }

  /**
   * Whether a line, without its newline, is sealed as the next. If not, this chain is of no
   * further use.
   */
  holds(line: Buffer): boolean {
    const end = line.length - SEAL_LENGTH;
    if (end < 0) return false;
    this.#checksum = crc32(line.subarray(0, end), this.#checksum);
    return line.toString('latin1', end) === this.#seal();
  }

  #seal(): string {
    return SEAL + this.#checksum.toString(16).padStart(SEAL_DIGITS, '0') + SEAL_END;
  }
}
