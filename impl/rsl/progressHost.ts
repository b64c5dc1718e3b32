/**
 * # Telling of requests and replies
 *
 * A replica that prints a line whenever it receives a request and whenever it sends a reply. It
 * reads over the replica's shoulder, so one that prints nothing pays nothing for it.
 *
 * Follows the lines of Impl/RSL/{ReplicaImplProcessPacketNoClock,ExecutorModel}.i.dfy of IronFleet;
 * departs from it in how a client is written.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Host, Io, Received, Wake } from '../framework/io.ts';
import { u64 } from '../framework/marshal.ts';

/** The case numbers of messages between clients and replicas. */
const REQUEST = 0;
const REPLY = 6;

/** The action that answers a request that was executed before. */
const ANSWERS_FROM_CACHE = 'answerFromCache';

export class ProgressHost implements Host {
  readonly #host: Host;
  readonly #print: (line: string) => void;
  readonly #nameOf: (client: EndPoint) => string;
  /** The replies of the step that is being taken: what to call them is known when it is over. */
  #replies: string[] = [];

  constructor(host: Host, print: (line: string) => void, nameOf: (client: EndPoint) => string) {
    this.#host = host;
    this.#print = print;
    this.#nameOf = nameOf;
  }

  step(io: Io, wake: Wake): string {
    const action = this.#host.step(this.#over(io), wake);
    const what = action === ANSWERS_FROM_CACHE ? 'cached reply' : 'reply';
    for (const reply of this.#replies) this.#print(`Sending ${what} to ${reply}`);
    this.#replies = [];
    return action;
  }

  nextDeadline(): number {
    return this.#host.nextDeadline();
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#host.counters ?? {};
  }

  snapshot(): unknown {
    return this.#host.snapshot();
  }

  #over(io: Io): Io {
    return {
      receive: () => {
        const received = io.receive();
        if (received !== undefined) this.#tell(received);
        return received;
      },
      readClock: () => io.readClock(),
      send: (dst, bytes) => {
        const seqno = seqnoIn(bytes, REPLY);
        if (seqno !== undefined) this.#replies.push(this.#client(dst, seqno));
        io.send(dst, bytes);
      },
    };
  }

  #tell({ src, bytes }: Received): void {
    const seqno = seqnoIn(bytes, REQUEST);
    if (seqno !== undefined) this.#print(`Received request from ${this.#client(src, seqno)}`);
  }

  #client(endPoint: EndPoint, seqno: number): string {
    return `client ${this.#nameOf(endPoint)} with sequence number ${seqno}`;
  }
}

/** The sequence number in a message of this case, if that is what the bytes are. */
function seqnoIn(bytes: Uint8Array, messageCase: number): number | undefined {
  const input = { bytes, at: 0 };
  if (u64.read(input) !== messageCase) return undefined;
  const seqno = u64.read(input);
  const length = u64.read(input);
  return length === bytes.length - input.at ? seqno : undefined;
}
