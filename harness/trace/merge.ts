/**
 * # One behaviour out of many traces
 *
 * Each host recorded its own steps in their order; how the steps of different hosts fell in time, nobody knows, and it
 * does not matter: every order in which each packet is received after it was sent is a behaviour of the
 * system. This gives one, the same for the same traces. A host goes on until it waits for a packet, then the
 * next one does; so of each trace only one step is in memory.
 */
import type { TracedParty } from '../../impl/framework/traceFormat.ts';
import type { RecordedStep } from './reader.ts';

/** The steps of one host, in their order. */
export interface StepSource {
  next(): RecordedStep | undefined;
}

/**
 * All steps of all sources. If no host can go on, gives the first that waits all the same: it received what no host
 * sent, and whoever checks it will say so.
 */
export function* inCausalOrder(sources: readonly StepSource[]): Generator<RecordedStep> {
  const sent = new Set<string>();
  const heads = sources.map((source) => source.next());
  const isReady = ({ host, io }: RecordedStep): boolean =>
    io.every(
      (operation) =>
        operation.op !== 'R'
        || typeof operation.src === 'string'
        || sent.has(keyOf(operation.src, host, operation.bytes)),
    );
  const take = (index: number, step: RecordedStep): RecordedStep => {
    for (const operation of step.io) {
      if (operation.op === 'S') sent.add(keyOf(step.host, operation.dst, operation.bytes));
    }
    heads[index] = sources[index]?.next();
    return step;
  };
  for (;;) {
    let progress = false;
    for (const index of heads.keys()) {
      for (let step = heads[index]; step !== undefined && isReady(step); step = heads[index]) {
        yield take(index, step);
        progress = true;
      }
    }
    if (progress) continue;
    const index = heads.findIndex((step) => step !== undefined);
    const stuck = heads[index];
    if (stuck === undefined) return;
    yield take(index, stuck);
  }
}

/** A packet as one word. */
const keyOf = (src: number, dst: TracedParty, bytes: string): string => `${src}>${dst}:${bytes}`;
