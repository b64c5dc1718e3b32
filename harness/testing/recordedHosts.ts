/**
 * # Hosts that run in memory and record what they do
 *
 * Three hosts of a service, each with a trace of its own, and others who write to them. Nothing is
 * lost on the way, and a millisecond passes in every round; so the same happens always.
 */
import { join } from 'node:path';
import type { Host, Io, Received } from '../../impl/framework/io.ts';
import { OrderedIo } from '../../impl/framework/orderedIo.ts';
import { TraceWriter } from '../../impl/framework/traceWriter.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { endPoint } from './traces.ts';

export const RECORDED: readonly EndPoint[] = ['a', 'b', 'c'].map(endPoint);

/** What is recorded of whom. */
interface RecordedService {
  readonly serviceType: string;
  readonly parameters: unknown;
  createHost(me: EndPoint): Host;
}

interface Recorded {
  readonly me: EndPoint;
  readonly impl: Host;
  readonly writer: TraceWriter;
  readonly inbox: Received[];
  readonly path: string;
}

export class RecordedHosts {
  readonly #hosts: readonly Recorded[];
  #now = 0;

  constructor(directory: string, { serviceType, parameters, createHost }: RecordedService) {
    this.#hosts = RECORDED.map((me, host) => {
      const path = join(directory, `${host + 1}.trace`);
      const impl = createHost(me);
      const writer = TraceWriter.create(path, true);
      writer.begin({
        service: 'Test',
        serviceType,
        hosts: RECORDED.map((each, place) => ({ name: `server${place + 1}`, endPoint: each })),
        host,
        parameters,
        start: impl.snapshot(),
      });
      return { me, impl, writer, inbox: [], path };
    });
  }

  get paths(): readonly string[] {
    return this.#hosts.map(({ path }) => path);
  }

  post(src: EndPoint, dst: EndPoint, bytes: Uint8Array): void {
    this.#hosts.find(({ me }) => me === dst)?.inbox.push({ src, bytes });
  }

  /** So many milliseconds pass, and in each everybody does all that there is to do. */
  pass(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed++) {
      this.#now++;
      while (this.#hosts.some((each) => this.#act(each))) {}
    }
  }

  close(): void {
    for (const { writer } of this.#hosts) writer.close(true);
  }

  #act({ me, impl, writer, inbox }: Recorded): boolean {
    if (inbox.length === 0 && impl.nextDeadline() > this.#now) return false;
    const world: Io = {
      receive: () => inbox.shift(),
      readClock: () => this.#now,
      send: (dst, bytes) => this.post(me, dst, bytes),
    };
    const io = new OrderedIo(writer.watch(world));
    const action = impl.step(io, inbox.length > 0 ? 'packet' : 'deadline');
    writer.endStep(action, impl.snapshot());
    return true;
  }
}
