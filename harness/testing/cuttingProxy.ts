/**
 * # A link that fails
 *
 * Passes the bytes of connections on to an address, and does to them what networks do: delays them,
 * holds them back, ends one direction and not the other, breaks connections in the midst of a
 * message, and refuses new ones. What is inside it neither knows nor changes.
 */
import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import type { Address } from '../../impl/framework/listener.ts';

/** A connection and its continuation. */
interface Pair {
  readonly dialled: Socket;
  readonly accepted: Socket;
}

export class CuttingProxy {
  /** How many connections it has broken or refused. */
  broken = 0;
  readonly #server: Server;
  readonly #target: Address;
  readonly #pairs = new Set<Pair>();
  #isCut = false;
  #isStalled = false;
  #delayMs = 0;

  private constructor(server: Server, target: Address) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (accepted) => this.#accept(accepted));
  }

  /** A link from a port of loopback that the system chooses. */
  static async open(target: Address): Promise<CuttingProxy> {
    // A peer may have said its last word and still listen.
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CuttingProxy(server, target);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** How many connections it carries. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Breaks all connections and refuses new ones, until it is mended. */
  cut(): void {
    this.#isCut = true;
    this.reset();
  }

  /** Breaks all connections, and takes new ones. */
  reset(): void {
    for (const { accepted, dialled } of this.#pairs) {
      this.broken++;
      accepted.resetAndDestroy();
      dialled.resetAndDestroy();
    }
  }

  /** Ends what is said towards the target: its answers still come, but it hears no more. */
  halfClose(): void {
    for (const { accepted, dialled } of this.#pairs) {
      accepted.pause();
      dialled.end();
    }
  }

  /** Passes nothing on until it is mended, and loses nothing. */
  stall(): void {
    this.#isStalled = true;
    for (const pair of this.#pairs) this.#readOrNot(pair);
  }

  /** From now on bytes are on their way for so many milliseconds. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Carries all that comes, at once. */
  mend(): void {
    this.#isCut = false;
    this.#isStalled = false;
    this.#delayMs = 0;
    for (const pair of this.#pairs) this.#readOrNot(pair);
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #accept(accepted: Socket): void {
    if (this.#isCut) {
      this.broken++;
      accepted.on('error', () => {});
      accepted.resetAndDestroy();
      return;
    }
    const dialled = dial({ ...this.#target, allowHalfOpen: true });
    const pair = { accepted, dialled };
    this.#pairs.add(pair);
    this.#carry(accepted, dialled);
    this.#carry(dialled, accepted);
    for (const socket of [accepted, dialled]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // It closes, and that is passed on.
      socket.once('close', () => {
        this.#pairs.delete(pair);
        accepted.destroy();
        dialled.destroy();
      });
    }
    this.#readOrNot(pair);
  }

  #readOrNot({ accepted, dialled }: Pair): void {
    for (const socket of [accepted, dialled]) {
      if (this.#isStalled) socket.pause();
      else socket.resume();
    }
  }

  #carry(from: Socket, to: Socket): void {
    const underWay = new UnderWay();
    from.on('data', (chunk) =>
      underWay.add(this.#delayMs, () => {
        if (!to.writable || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => {
          if (!this.#isStalled) from.resume();
        });
      }),
    );
    from.on('end', () => underWay.add(this.#delayMs, () => to.end()));
  }
}

/** What is on its way in one direction. Nothing overtakes anything. */
class UnderWay {
  readonly #queue: { readonly at: number; readonly arrive: () => void }[] = [];

  add(delayMs: number, arrive: () => void): void {
    this.#queue.push({ at: performance.now() + delayMs, arrive });
    if (this.#queue.length === 1) this.#pass();
  }

  readonly #pass = (): void => {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined) return;
      const wait = first.at - performance.now();
      if (wait > 0) {
        setTimeout(this.#pass, wait);
        return;
      }
      first.arrive();
      this.#queue.shift();
    }
  };
}
