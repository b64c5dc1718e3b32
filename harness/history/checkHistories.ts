/**
 * # Checking what clients saw
 *
 * Puts history files together to one history and checks that it is linearizable (B7). Of the
 * files, no more than a line each is in memory; of the calls, what the check needs.
 *
 * A client that was there but whose history is not given is no longer explained: a history is of
 * all clients that ever changed anything, from when the service began.
 */
import { statSync } from 'node:fs';
import { UsageError } from '../../impl/framework/usageError.ts';
import {
  type CallModel,
  History,
  type HistoryOutcome,
} from '../../refinement/framework/linearizability.ts';
import { counterCalls } from '../../refinement/rsl/histories/counter.ts';
import { KeyValueCalls } from '../../refinement/rsl/histories/keyValue.ts';
import { HashTableCalls } from '../../refinement/sht/histories/hashTable.ts';
import { HistoryReader, type RecordedCall } from './reader.ts';
import type { HistoryService } from './writer.ts';

/** What came of a check. */
export interface HistoryReport {
  readonly service: HistoryService;
  readonly files: readonly string[];
  readonly calls: number;
  /** Calls of unknown fate. */
  readonly unanswered: number;
  readonly clients: number;
  readonly partitions: number;
  readonly outcome: HistoryOutcome;
}

/**
 * Told every now and then how much of the work is done, of how much, where reading takes as many
 * units as checking; and how many calls have been read or checked. The total is 0 of pipes.
 */
export type HistoryProgress = (done: number, total: number, note: string) => void;

export interface CheckOptions {
  readonly progress?: HistoryProgress;
}

const MODELS: Readonly<Record<HistoryService, () => CallModel>> = {
  counter: () => counterCalls,
  kv: () => new KeyValueCalls(),
  sht: () => new HashTableCalls(),
};

/** So many calls are read from one report of progress to the next. */
const CALLS_A_REPORT = 10_000;

/**
 * Checks histories as one. Throws a {@link UsageError} if they are not of one service and clock, or
 * one of them cannot be read, is not complete, or is given twice.
 */
export function checkHistories(
  paths: readonly string[],
  { progress = () => {} }: CheckOptions = {},
): HistoryReport {
  const readers: HistoryReader[] = [];
  try {
    for (const path of paths) readers.push(HistoryReader.open(path));
    const [first] = readers;
    if (first === undefined) throw new UsageError('No history is given; give at least one');
    refuseStrangers(first, readers);
    const { service } = first.header;
    const history = new History(MODELS[service]());
    const size = readers.reduce((sum, reader) => sum + reader.size, 0);
    readAll(readers, history, (read) => progress(read, 2 * size, `${count(history)} calls read`));
    const outcome = history.check({
      showTime: milliseconds,
      progress: (calls) => {
        const done = size + (size * calls) / Math.max(1, history.calls);
        progress(done, 2 * size, `${calls.toLocaleString('en')} calls checked`);
      },
    });
    const { calls, unanswered, clients, partitions } = history;
    return { service, files: paths, calls, unanswered, clients, partitions, outcome };
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** Histories are only put together if they are of one service, of one clock, and not one file. */
function refuseStrangers(first: HistoryReader, readers: readonly HistoryReader[]): void {
  const known = new Map<string, string>();
  for (const { path, header } of readers) {
    for (const what of ['service', 'clock'] as const) {
      if (header[what] === first.header[what]) continue;
      const [one, other] = [first.header[what] ?? 'unknown', header[what] ?? 'unknown'];
      throw new UsageError(
        `${first.path} and ${path} do not agree on ${what} (${one} and ${other}); `
          + 'histories are put together if they were recorded on one machine, of one service',
      );
    }
    if (readers.length > 1 && header.clock === undefined) {
      throw new UsageError(
        `${path} does not say of which clock its times are; check each history alone, `
          + 'or have one program record all calls',
      );
    }
    const { dev, ino } = statSync(path);
    const same = known.get(`${dev}:${ino}`);
    if (same !== undefined) {
      throw new UsageError(`${same} and ${path} are the same file; give every history once`);
    }
    known.set(`${dev}:${ino}`, path);
  }
}

/** Adds all calls. Times become numbers since the first call that is read, so they are exact. */
function readAll(
  readers: readonly HistoryReader[],
  history: History,
  progress: (bytes: number) => void,
): void {
  let start: bigint | undefined;
  for (const reader of readers) {
    for (let call = reader.next(); call !== undefined; call = reader.next()) {
      start ??= call.invoked;
      add(history, call, start, reader);
      if (history.calls % CALLS_A_REPORT === 0) {
        progress(readers.reduce((sum, { bytesRead }) => sum + bytesRead, 0));
      }
    }
  }
}

function add(
  history: History,
  { client, invoked, request, answer }: RecordedCall,
  start: bigint,
  { path, line }: HistoryReader,
): void {
  const since = (time: bigint): number => {
    const number = Number(time - start);
    if (Number.isSafeInteger(number)) return number;
    throw new UsageError(
      `History ${path}, line ${line}: this was more than 104 days before or after the first call`,
    );
  };
  history.add({
    client,
    invoked: since(invoked),
    completed: answer && since(answer.completed),
    request: bytesOf(request),
    reply: answer && bytesOf(answer.reply),
  });
}

const bytesOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const milliseconds = (ns: number): string =>
  Number.isFinite(ns) ? `${(ns / 1e6).toFixed(3)} ms` : 'never';

const count = ({ calls }: History): string => calls.toLocaleString('en');
