/**
 * # Replicas that run in memory and record what they do
 *
 * Three replicas of a service, each with a trace of its own, and clients that ask the first of them.
 * Nothing is lost on the way, and a millisecond passes in every round; so the same happens always.
 */
import { join } from 'node:path';
import type { ServiceClass } from '../../impl/apps/service.ts';
import type { Io, Received } from '../../impl/framework/io.ts';
import { OrderedIo } from '../../impl/framework/orderedIo.ts';
import { TraceWriter } from '../../impl/framework/traceWriter.ts';
import { marshal } from '../../impl/rsl/marshal.ts';
import type { Parameters } from '../../impl/rsl/parameters.ts';
import { Replica } from '../../impl/rsl/replica.ts';
import { serviceTypeOf } from '../../impl/rsl/server.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { endPoint } from './traces.ts';

const REPLICAS: readonly EndPoint[] = ['a', 'b', 'c'].map(endPoint);

interface Recorded {
  readonly me: EndPoint;
  readonly replica: Replica;
  readonly writer: TraceWriter;
  readonly inbox: Received[];
  readonly path: string;
}

export class RecordedReplicas {
  readonly #replicas: readonly Recorded[];
  #now = 0;

  constructor(directory: string, service: ServiceClass, parameters: Parameters) {
    this.#replicas = REPLICAS.map((me, host) => {
      const path = join(directory, `${host + 1}.trace`);
      const replica = new Replica(me, REPLICAS, parameters, service);
      const writer = TraceWriter.create(path, true);
      writer.begin({
        service: 'Test',
        serviceType: serviceTypeOf(service),
        hosts: REPLICAS.map((each, place) => ({ name: `server${place + 1}`, endPoint: each })),
        host,
        parameters,
        start: replica.snapshot(),
      });
      return { me, replica, writer, inbox: [], path };
    });
  }

  get paths(): readonly string[] {
    return this.#replicas.map(({ path }) => path);
  }

  /** A client puts a request to the first replica. */
  ask(client: EndPoint, seqno: number, request: Uint8Array): void {
    this.post(client, REPLICAS[0] ?? '', marshal({ type: 'request', seqno, request }));
  }

  post(src: EndPoint, dst: EndPoint, bytes: Uint8Array): void {
    this.#replicas.find(({ me }) => me === dst)?.inbox.push({ src, bytes });
  }

  /** So many milliseconds pass, and in each everybody does all that there is to do. */
  pass(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed++) {
      this.#now++;
      while (this.#replicas.some((each) => this.#act(each))) {}
    }
  }

  close(): void {
    for (const { writer } of this.#replicas) writer.close(true);
  }

  #act({ me, replica, writer, inbox }: Recorded): boolean {
    if (inbox.length === 0 && replica.nextDeadline() > this.#now) return false;
    const world: Io = {
      receive: () => inbox.shift(),
      readClock: () => this.#now,
      send: (dst, bytes) => this.post(me, dst, bytes),
    };
    const io = new OrderedIo(writer.watch(world));
    const action = replica.step(io, inbox.length > 0 ? 'packet' : 'deadline');
    writer.endStep(action, replica.snapshot());
    return true;
  }
}
