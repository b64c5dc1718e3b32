/**
 * # Checking what really happened
 *
 * Puts the traces of all servers of a service together to one behaviour and checks that behaviour
 * at every boundary, as a campaign does with simulated ones. The states are those that the servers
 * recorded.
 */
import type { TracedIo, TracedParty, TraceHeader } from '../../impl/framework/traceFormat.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import type { ObservedIo } from '../../refinement/framework/hostStep.ts';
import type { Seen } from '../../refinement/framework/monitor.ts';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import { equal } from '../../spec/framework/equal.ts';
import { inCausalOrder } from './merge.ts';
import { type RecordedStep, TraceReader, TraceRefusal } from './reader.ts';
import { ShapeError, type TraceChecker, type TracedService } from './service.ts';
import { TRACED_SERVICES } from './services.ts';

/** What came of a check. */
export interface TraceReport {
  readonly service: string;
  readonly serviceType: string;
  readonly traces: readonly CheckedTrace[];
  /** Steps that were checked, and how many of them were steps of the specification. */
  readonly steps: number;
  readonly specSteps: number;
  readonly received: number;
  readonly sent: number;
  /** How much was checked at each boundary. */
  readonly checked: CheckedBoundaries;
  /** How often each action was taken. */
  readonly actions: Readonly<Record<string, number>>;
  /** Why the behaviour is not legal, if it is not. */
  readonly refusal: FoundRefusal | undefined;
}

/** What was compared at each boundary; traces have payloads, but not the frames around them. */
export interface CheckedBoundaries {
  /** Byte strings that were read as messages. */
  readonly B0: number;
  /** Steps of hosts. */
  readonly B1: number;
  readonly B2: number;
  /** Steps of the system. */
  readonly B3: number;
  /** Different packets. */
  readonly B4: number;
}

export interface CheckedTrace {
  readonly path: string;
  readonly host: string;
  readonly steps: number;
  /** Whether its server said that nothing follows; it does when it is stopped in good order. */
  readonly ended: boolean;
}

/** A refusal and the line of a trace that gives rise to it. */
export interface FoundRefusal {
  readonly path: string;
  readonly line: number;
  readonly cause: BoundaryRefusal | TraceRefusal;
}

/**
 * Checks traces of one service, one of each host. Throws a {@link UsageError} if they are not, or
 * cannot be read. `allowTorn` says that a torn last line may be left out; `progress` is told every
 * now and then, every `progressBytes`, how far the work is.
 */
export function checkTraces(
  paths: readonly string[],
  allowTorn = false,
  progress: TraceProgress = () => {},
  progressBytes = PROGRESS_BYTES,
): TraceReport {
  const readers: TraceReader[] = [];
  try {
    for (const path of paths) readers.push(TraceReader.open(path, allowTorn));
    const [first] = readers;
    if (first === undefined) throw new UsageError('No trace is given; give one of each host');
    return new TraceCheck(inHostOrder(first, readers), first).run(
      tellEvery(progressBytes, readers, progress),
    );
  } catch (error) {
    if (!(error instanceof TraceRefusal)) throw error;
    // Not even the first lines can be read.
    const { path, line } = error;
    return { ...NOTHING, refusal: { path, line, cause: error } };
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** Told how many bytes have been read of how many in all, and how many steps were checked. */
export type TraceProgress = (bytes: number, totalBytes: number, steps: number) => void;

/** How many bytes are read from one report of progress to the next. */
const PROGRESS_BYTES = 16 * 1024 * 1024;

/** Asked at every step, tells of progress every so many bytes. */
function tellEvery(
  interval: number,
  readers: readonly TraceReader[],
  progress: TraceProgress,
): (steps: number) => void {
  const total = readers.reduce((sum, { size }) => sum + size, 0);
  let next = interval;
  return (steps) => {
    let bytes = 0;
    for (const reader of readers) bytes += reader.bytesRead;
    if (bytes < next) return;
    progress(bytes, total, steps);
    next = bytes + interval;
  };
}

function boundariesIn(seen: Seen | undefined): CheckedBoundaries {
  const { messages = 0, steps = 0, packets = 0 } = seen ?? {};
  return { B0: messages, B1: steps, B2: steps, B3: steps, B4: packets };
}

const NOTHING: Omit<TraceReport, 'refusal'> = {
  service: '',
  serviceType: '',
  traces: [],
  steps: 0,
  specSteps: 0,
  received: 0,
  sent: 0,
  checked: boundariesIn(undefined),
  actions: {},
};

/** The traces in the order of their hosts, if they are those of all hosts of one service. */
function inHostOrder(first: TraceReader, readers: readonly TraceReader[]): readonly TraceReader[] {
  const traceOf = new Map<number, TraceReader>();
  for (const reader of readers) {
    requireAgreement(first, reader);
    const { host, hosts } = reader.header;
    const other = traceOf.get(host);
    if (other !== undefined) {
      throw new UsageError(
        `${other.path} and ${reader.path} are both traces of ${hosts[host]?.name}; `
          + 'give one of each host',
      );
    }
    traceOf.set(host, reader);
  }
  return first.header.hosts.map(({ name }, host) => {
    const reader = traceOf.get(host);
    if (reader === undefined) {
      throw new UsageError(`No trace of ${name} is given; give one of each host`);
    }
    return reader;
  });
}

function requireAgreement(one: TraceReader, other: TraceReader): void {
  const shared = ['service', 'serviceType', 'hosts', 'parameters'] as const;
  const field = shared.find((key) => !equal(one.header[key], other.header[key]));
  if (field === undefined) return;
  throw new UsageError(
    `${one.path} and ${other.path} were not recorded together: they do not agree on ${field}`,
  );
}

class TraceCheck {
  readonly #readers: readonly TraceReader[];
  readonly #header: TraceHeader;
  readonly #service: TracedService;
  #checker: TraceChecker | undefined;
  #received = 0;
  #sent = 0;
  /** The line that is being checked. */
  #at: { readonly path: string; readonly line: number };

  /** Of the traces of all hosts, in their order; `first` is one of them. */
  constructor(readers: readonly TraceReader[], { path, header }: TraceReader) {
    this.#readers = readers;
    this.#header = header;
    this.#service = serviceOf(path, header.serviceType);
    this.#at = { path, line: 1 };
  }

  run(progress: (steps: number) => void): TraceReport {
    const refusal = this.#findRefusal(progress);
    const { service, serviceType, hosts } = this.#header;
    const { steps = 0, specSteps = 0, actions = {} } = this.#checker?.seen ?? {};
    const traces = this.#readers.map((reader, host) => ({
      path: reader.path,
      host: hosts[host]?.name ?? '',
      steps: reader.steps,
      ended: reader.ended,
    }));
    const [received, sent] = [this.#received, this.#sent];
    const checked = boundariesIn(this.#checker?.seen);
    const figures = { steps, specSteps, received, sent, checked, actions };
    return { service, serviceType, traces, ...figures, refusal };
  }

  #findRefusal(progress: (steps: number) => void): FoundRefusal | undefined {
    try {
      this.#check(progress);
      return undefined;
    } catch (error) {
      const { path, line } = this.#at;
      if (error instanceof BoundaryRefusal) return { path, line, cause: error };
      if (error instanceof TraceRefusal)
        return { path: error.path, line: error.line, cause: error };
      if (!(error instanceof ShapeError)) throw error;
      return { path, line, cause: new TraceRefusal(path, line, error.message) };
    }
  }

  #check(progress: (steps: number) => void): void {
    const { hosts, parameters } = this.#header;
    const names = hosts.map((host) => host[this.#service.calledBy]);
    const checker = this.#service.checker(names, parameters);
    this.#checker = checker;
    for (const [host, { path, header }] of this.#readers.entries()) {
      this.#at = { path, line: 1 };
      checker.start(host, header.start);
    }
    for (const step of inCausalOrder(this.#readers)) {
      progress(checker.seen.steps);
      this.#at = { path: this.#readers[step.host]?.path ?? '', line: step.line };
      this.#checkStep(checker, step);
    }
    checker.end();
  }

  #checkStep(checker: TraceChecker, { host, action, io, state }: RecordedStep): void {
    for (const operation of io) {
      if (operation.op === 'S') this.#sent++;
      if (operation.op !== 'R') continue;
      this.#received++;
      // Strangers leave no traces: what they sent is known only from its arrival.
      const { src, bytes } = operation;
      if (typeof src === 'string') checker.stranger(src, this.#name(host), bytesOf(bytes));
    }
    const observed = io.map((operation) => this.#observed(operation));
    checker.step({ host, action, io: observed }, state);
  }

  #observed(operation: TracedIo): ObservedIo {
    switch (operation.op) {
      case 'R':
        return { type: 'receive', src: this.#name(operation.src), bytes: bytesOf(operation.bytes) };
      case 'T':
        return { type: 'timeout' };
      case 'C':
        return { type: 'clock', now: operation.now };
      case 'S':
        return { type: 'send', dst: this.#name(operation.dst), bytes: bytesOf(operation.bytes) };
    }
  }

  /** What refusals call somebody: a host as its service wants it, anybody else by end point. */
  #name(party: TracedParty): string {
    if (typeof party === 'string') return party;
    return this.#header.hosts[party]?.[this.#service.calledBy] ?? `host ${party}`;
  }
}

function serviceOf(path: string, type: string): TracedService {
  const service = Object.hasOwn(TRACED_SERVICES, type) ? TRACED_SERVICES[type] : undefined;
  if (service !== undefined) return service;
  const known = Object.keys(TRACED_SERVICES).join(', ');
  throw new UsageError(`${path} is of a service of type ${type}; this can check: ${known}`);
}

const bytesOf = (hexadecimal: string): Uint8Array =>
  new Uint8Array(Buffer.from(hexadecimal, 'hex'));
