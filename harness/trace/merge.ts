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
import { PacketKeys } from '../../refinement/framework/packetKeys.ts';
import { PacketSet } from '../../refinement/framework/packetSet.ts';
import type { Fingerprint } from '../../spec/framework/fingerprint.ts';
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
  const packets = new Packets();
  const heads = sources.map((source) => packets.head(source.next()));
  for (let progress = true; progress; ) {
    progress = false;
    for (const index of heads.keys()) {
      for (let head = heads[index]; head !== undefined && packets.arrive(head); ) {
        yield head.step;
        packets.send(head.step);
        head = packets.head(sources[index]?.next());
        heads[index] = head;
        progress = true;
      }
    }
  }
  const stuck = heads.filter((head) => head !== undefined);
  if (stuck.length === 0) return;
  yield orphan(stuck, sources, packets);
  throw new Error('a step that received what nobody sent was not refused');
}

/** The next step of a host, and what it waits for that has perhaps not been sent yet. */
interface Head {
  readonly step: RecordedStep;
  readonly waitsFor: Fingerprint[];
}

/** What has been sent so far. */
class Packets {
  readonly #sent = new PacketSet();
  readonly #keys = new PacketKeys();
  #latest = { digits: '', bytes: new Uint8Array(0) };

  /** A host's next step. */
  head(step: RecordedStep | undefined): Head | undefined {
    if (step === undefined) return undefined;
    const waitsFor: Fingerprint[] = [];
    for (const operation of step.io) {
      if (operation.op !== 'R' || typeof operation.src === 'string') continue;
      waitsFor.push(this.#keyOf(operation.src, step.host, operation.bytes));
    }
    return { step, waitsFor };
  }

  /** Whether all that a step receives has been sent. */
  arrive({ waitsFor }: Head): boolean {
    while (waitsFor.length > 0) {
      if (!this.#sent.has(waitsFor[0] as Fingerprint)) return false;
      waitsFor.shift();
    }
    return true;
  }

  send(step: RecordedStep): void {
    for (const key of this.sends(step)) this.#sent.add(key);
  }

  sends({ host, io }: RecordedStep): readonly Fingerprint[] {
    return io.flatMap((operation) =>
      operation.op === 'S' ? [this.#keyOf(host, operation.dst, operation.bytes)] : [],
    );
  }

  /** What a packet goes by; a message that goes to many is looked at once. */
  #keyOf(src: number, dst: TracedParty, digits: string): Fingerprint {
    if (digits !== this.#latest.digits) {
      this.#latest = { digits, bytes: new Uint8Array(Buffer.from(digits, 'hex')) };
    }
    const to = typeof dst === 'string' ? dst : `host ${dst}`;
    return this.#keys.of({ src: `host ${src}`, dst: to, msg: this.#latest.bytes });
  }
}

/**
 * Of steps that wait for each other, the one that others wait for: no step to come sends what it
 * received. If there is none, the traces go round in a circle, and any will do.
 */
function orphan(
  stuck: readonly Head[],
  sources: readonly StepSource[],
  packets: Packets,
): RecordedStep {
  const wordOf = ({ hi, lo }: Fingerprint): string => `${hi} ${lo}`;
  const wanted = new Map(
    stuck.map(({ step, waitsFor }) => [wordOf(waitsFor[0] as Fingerprint), step]),
  );
  const notFrom = (step: RecordedStep): void => {
    for (const key of packets.sends(step)) wanted.delete(wordOf(key));
  };
  for (const { step } of stuck) notFrom(step);
  for (const source of sources) {
    for (let step = source.next(); step !== undefined; step = source.next()) notFrom(step);
  }
  const [first] = wanted.values();
  return first ?? (stuck[0] as Head).step;
}
