/**
 * # One behaviour out of many traces
 *
 * Each host recorded its own steps in their order; how the steps of different hosts fell in time,
 * nobody knows, and it does not matter: every order in which each packet is received after it was
 * sent is a behaviour of the system. This gives one, the same for the same traces. A host goes on
 * until it waits for a packet, then the next one does; so of each trace only one step is in memory,
 * and a fingerprint of every packet sent so far.
 */
import type { TracedParty } from '../../impl/framework/traceFormat.ts';
import { PacketSet } from '../../refinement/framework/packetSet.ts';
import { fingerprint } from '../../spec/framework/fingerprint.ts';
import type { RecordedStep } from './reader.ts';

/** The steps of one host, in their order. */
export interface StepSource {
  next(): RecordedStep | undefined;
}

/**
 * All steps of all sources. If no host can go on though there are steps left, the last step given
 * is one that received what nobody sent. Whoever checks it will refuse it; asked for more, this
 * throws an Error.
 */
export function* inCausalOrder(sources: readonly StepSource[]): Generator<RecordedStep> {
  const sent = new PacketSet();
  const heads = sources.map((source) => source.next());
  const take = (index: number, step: RecordedStep): RecordedStep => {
    for (const key of sendsOf(step)) sent.add(fingerprint(key));
    heads[index] = sources[index]?.next();
    return step;
  };
  for (let progress = true; progress; ) {
    progress = false;
    for (const index of heads.keys()) {
      for (
        let step = heads[index];
        step !== undefined && missing(step, sent) === undefined;
        step = heads[index]
      ) {
        yield take(index, step);
        progress = true;
      }
    }
  }
  const stuck = heads.filter((step) => step !== undefined);
  if (stuck.length === 0) return;
  yield orphan(stuck, sources, sent);
  throw new Error('a step that received what nobody sent was not refused');
}

/** The first packet that a step received and nobody has sent yet. */
function missing({ host, io }: RecordedStep, sent: PacketSet): string | undefined {
  for (const operation of io) {
    if (operation.op !== 'R' || typeof operation.src === 'string') continue;
    const key = keyOf(operation.src, host, operation.bytes);
    if (!sent.has(fingerprint(key))) return key;
  }
  return undefined;
}

const sendsOf = ({ host, io }: RecordedStep): readonly string[] =>
  io.flatMap((operation) =>
    operation.op === 'S' ? [keyOf(host, operation.dst, operation.bytes)] : [],
  );

/** A packet as one word. */
const keyOf = (src: number, dst: TracedParty, bytes: string): string => `${src}>${dst}:${bytes}`;

/**
 * Of steps that wait for each other, the one that others wait for: no step to come sends what it
 * received. If there is none, the traces go round in a circle, and any will do.
 */
function orphan(
  stuck: readonly RecordedStep[],
  sources: readonly StepSource[],
  sent: PacketSet,
): RecordedStep {
  const wanted = new Map(stuck.map((step) => [missing(step, sent), step]));
  for (const step of stuck) for (const key of sendsOf(step)) wanted.delete(key);
  for (const source of sources) {
    for (let step = source.next(); step !== undefined; step = source.next()) {
      for (const key of sendsOf(step)) wanted.delete(key);
    }
  }
  const [first] = wanted.values();
  return first ?? (stuck[0] as RecordedStep);
}
