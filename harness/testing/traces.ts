/**
 * # Traces for tests
 *
 * What lock servers record, made without a network and always the same; and traces changed by hand
 * and sealed again, which is what somebody would do who wants to be believed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io, Received } from '../../impl/framework/io.ts';
import { OrderedIo } from '../../impl/framework/orderedIo.ts';
import { SealChain } from '../../impl/framework/traceFormat.ts';
import { TraceWriter } from '../../impl/framework/traceWriter.ts';
import { LockHost } from '../../impl/lock/host.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** Calls `use` with a new directory, which is gone afterwards. */
export function withDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** An end point as a key has one: 64 times the same digit. */
export const endPoint = (digit: string): EndPoint => digit.repeat(64);

export const RING: readonly EndPoint[] = ['a', 'b', 'c'].map(endPoint);
export const STRANGER = endPoint('e');

const OPTIONS = { maxEpoch: Number.MAX_SAFE_INTEGER, retryPeriod: 5, compatible: false, hold: 0 };

export interface RecordedHost {
  readonly host: LockHost;
  readonly writer: TraceWriter;
  readonly path: string;
}

/** Lock hosts and all that is on its way between them. A clock tick passes with every step. */
export class RecordedLock {
  readonly hosts: readonly RecordedHost[];
  readonly #inboxes = new Map<EndPoint, Received[]>(RING.map((name) => [name, []]));
  #now = 0;

  constructor(directory: string) {
    const { hold: _, ...parameters } = OPTIONS;
    this.hosts = RING.map((me, index) => {
      const host = new LockHost(me, RING, OPTIONS);
      const path = join(directory, `${index + 1}.trace`);
      const writer = TraceWriter.create(path, true);
      writer.begin({
        service: 'Test',
        serviceType: 'IronLock',
        hosts: RING.map((name, place) => ({ name: `server${place + 1}`, endPoint: name })),
        host: index,
        parameters,
        start: host.snapshot(),
      });
      return { host, writer, path };
    });
  }

  get paths(): readonly string[] {
    return this.hosts.map(({ path }) => path);
  }

  post(src: EndPoint, dst: EndPoint, bytes: Uint8Array): void {
    this.#inboxes.get(dst)?.push({ src, bytes });
  }

  /** All hosts in turn take a step for which there is a reason, so many times. */
  run(rounds: number): void {
    for (let round = 0; round < rounds; round++) {
      for (const index of this.hosts.keys()) this.#step(index);
    }
  }

  close(ended = true): void {
    for (const { writer } of this.hosts) writer.close(ended);
  }

  #step(index: number): void {
    const me = RING[index] as EndPoint;
    const { host, writer } = this.hosts[index] as RecordedHost;
    const inbox = this.#inboxes.get(me) ?? [];
    this.#now++;
    if (inbox.length === 0 && host.nextDeadline() > this.#now) return;
    const world: Io = {
      receive: () => inbox.shift(),
      readClock: () => this.#now,
      send: (dst, bytes) => this.post(me, dst, bytes),
    };
    const io = new OrderedIo(writer.watch(world));
    const action = host.step(io, inbox.length > 0 ? 'packet' : 'deadline');
    writer.endStep(action, host.snapshot());
  }
}

/**
 * A line of a trace without its seal, for tests to change as they like; each has only some of
 * these.
 */
export interface Line {
  action: string;
  io: Record<string, unknown>[];
  state: Record<string, unknown>;
  start: Record<string, unknown>;
  hosts: Record<string, unknown>[];
  steps: number;
  [field: string]: unknown;
}

/** Changes a trace and seals it again. */
export function forge(path: string, change: (lines: Line[]) => void): void {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').map(unseal);
  change(lines);
  const chain = new SealChain();
  const sealed = lines.map((line) => `${chain.seal(JSON.stringify(line).slice(0, -1))}\n`);
  writeFileSync(path, sealed.join(''));
}

function unseal(text: string): Line {
  const { seal: _, ...line } = JSON.parse(text);
  return line;
}

/**
 * Calls `use` with the traces of three hosts that have passed the lock around, and heard from a
 * stranger.
 */
export const withTraces = <T>(use: (paths: [string, string, string], lock: RecordedLock) => T): T =>
  withDirectory((directory) => {
    const lock = new RecordedLock(directory);
    lock.post(STRANGER, RING[1] ?? '', Uint8Array.of(0xff));
    lock.run(30);
    lock.close();
    return use([...lock.paths] as [string, string, string], lock);
  });
