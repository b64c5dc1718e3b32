/**
 * # Servers that answer
 *
 * Stand-ins for replicas, on loopback: the one that leads answers each request with a text that
 * says which server was asked what, and the others answer nothing. Nothing is replicated.
 */
import type { PrivateIdentity, ServiceIdentity } from '../../impl/framework/identity.ts';
import { byteArray, marshal, parse, tuple, u64 } from '../../impl/framework/marshal.ts';
import type { Transport } from '../../impl/framework/transport.ts';
import { Bench } from './transports.ts';

/** Requests and replies differ only in the number of their case. */
const message = tuple({ case: u64, number: u64, bytes: byteArray(Number.POSITIVE_INFINITY) });
const REQUEST = 0;
const REPLY = 6;

export class AnsweringServers {
  /** Which server answers. */
  leader = 0;
  readonly #bench: Bench;
  readonly #running: (Transport | undefined)[] = [];
  readonly #asked: string[][];

  private constructor(identities: readonly PrivateIdentity[], useSsl: boolean) {
    this.#bench = new Bench(identities, useSsl);
    this.#asked = identities.map(() => []);
  }

  static async start(
    identities: readonly PrivateIdentity[],
    useSsl: boolean,
  ): Promise<AnsweringServers> {
    const servers = new AnsweringServers(identities, useSsl);
    for (const server of identities.keys()) await servers.restart(server);
    return servers;
  }

  get service(): ServiceIdentity {
    return this.#bench.service;
  }

  /** What a server was asked so far. */
  asked(server: number): readonly string[] {
    return this.#asked[server] ?? [];
  }

  async stop(server: number): Promise<void> {
    const transport = this.#running[server];
    this.#running[server] = undefined;
    await transport?.close();
  }

  /** Starts a server, on the port that it had before if it ran before. */
  async restart(server: number): Promise<void> {
    const transport = await this.#bench.start(server, { limits: { closingMs: 0 } });
    this.#running[server] = transport;
    transport.onWaiting = () => setImmediate(() => this.#answer(server, transport));
  }

  close(): Promise<void> {
    return this.#bench.close();
  }

  #answer(server: number, transport: Transport): void {
    for (let packet = transport.receive(); packet; packet = transport.receive()) {
      const asked = parse(message, packet.bytes);
      if (asked?.case !== REQUEST) throw new Error('a client says what is no request');
      const text = Buffer.from(asked.bytes).toString();
      this.#asked[server]?.push(text);
      if (this.leader !== server) continue;
      const bytes = Buffer.from(`server ${server} was asked ${text}`);
      const { number } = asked;
      transport.send(packet.src, marshal(message, { case: REPLY, number, bytes }));
    }
    transport.flush();
  }
}
