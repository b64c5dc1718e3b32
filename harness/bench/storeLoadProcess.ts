/**
 * # The process of a lean load
 *
 * Connects clients to the servers of a store, and then does what its parent tells it; see
 * `storeLoad.ts`.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { sleep } from './echo.ts';
import { processorSeconds } from './processorTime.ts';
import { connectClients } from './storeConnections.ts';
import type { LoadFigures, LoadOrder, LoadSettings } from './storeLoad.ts';
import type { Asked, Speaker } from './storeSpeakers.ts';

/** How many requests are under way while keys are filled. */
const FILLING = 64;

/** How long the last answers may take, in milliseconds. */
const PATIENCE_MS = 10_000;

/** A connection of a client with a server. */
class Link {
  readonly #socket: Socket;
  readonly #speaker: Speaker;
  #pending: Buffer | undefined;
  #filled = 0;

  constructor(socket: Socket, speaker: Speaker, answered: (count: number) => void) {
    this.#socket = socket;
    this.#speaker = speaker;
    socket.on('data', (chunk: Buffer) => {
      const count = speaker.answered(chunk);
      if (count > 0) answered(count);
    });
    socket.once('close', () => {
      throw new Error('a server has closed a connection');
    });
    socket.resume();
  }

  prepare(asked: Asked): void {
    this.#speaker.prepare(asked);
  }

  /** Asks for a key; there is room for so many before all are written. */
  ask(key: number, most: number): void {
    this.#pending ??= Buffer.allocUnsafe(most * this.#speaker.room);
    this.#filled = this.#speaker.write(this.#pending, this.#filled, key);
  }

  flush(): void {
    if (this.#pending === undefined) return;
    this.#socket.write(this.#pending.subarray(0, this.#filled));
    this.#pending = undefined;
    this.#filled = 0;
  }

  takeLeave(): void {
    const words = this.#speaker.lastWords();
    if (words !== undefined) this.#socket.write(words);
  }
}

/** Says which keys are asked for, for as long as any are. */
interface Keys {
  /** A key, or nothing when no more are to be asked for. */
  next(): number | undefined;
}

class Client {
  /** How many requests have been answered. */
  answers = 0;
  /** How many are under way. */
  underWay = 0;
  readonly #links: readonly Link[];
  readonly #keyCount: number;
  #keys: Keys = { next: () => undefined };
  #inFlight = 0;
  #flushing: NodeJS.Immediate | undefined;

  constructor(
    connections: readonly { readonly socket: Socket; readonly speaker: Speaker }[],
    keyCount: number,
  ) {
    this.#keyCount = keyCount;
    this.#links = connections.map(
      ({ socket, speaker }) => new Link(socket, speaker, (count) => this.#answered(count)),
    );
  }

  begin(asked: Asked, keys: Keys, inFlight: number): void {
    for (const link of this.#links) link.prepare(asked);
    this.#keys = keys;
    this.#inFlight = inFlight;
    this.#ask(inFlight);
  }

  takeLeave(): void {
    for (const link of this.#links) link.takeLeave();
  }

  #answered(count: number): void {
    this.answers += count;
    this.underWay -= count;
    this.#ask(count);
  }

  #ask(count: number): void {
    const most = this.#links.length === 1 ? count : this.#inFlight;
    for (let left = count; left > 0; left--) {
      const key = this.#keys.next();
      if (key === undefined) break;
      // The first server has the first of the keys, and so on.
      const server = Math.floor((key * this.#links.length) / this.#keyCount);
      this.#links[server]?.ask(key, most);
      this.underWay++;
    }
    // What comes from several servers at about the same time is answered by one write to each.
    if (this.#links.length === 1) this.#flush();
    else this.#flushing ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = undefined;
    for (const link of this.#links) link.flush();
  }
}

/** Keys at random, until they are stopped; a few instructions each. */
class RandomKeys implements Keys {
  readonly #count: number;
  #state = 0x9e37_79b9;
  #stopped = false;

  constructor(count: number) {
    this.#count = count;
  }

  next(): number | undefined {
    if (this.#stopped) return undefined;
    // Marsaglia's xorshift.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * this.#count);
  }

  stop(): void {
    this.#stopped = true;
  }
}

class AllKeys implements Keys {
  readonly #count: number;
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  next(): number | undefined {
    return this.#next < this.#count ? this.#next++ : undefined;
  }
}

const NO_FIGURES: LoadFigures = { rate: 0, load: 0, servers: [] };

async function follow(
  order: LoadOrder,
  clients: readonly Client[],
  { keys, servers }: LoadSettings,
): Promise<LoadFigures> {
  if (order.type === 'fill') {
    const { valueBytes } = order;
    const filling = clients.slice(0, 1);
    filling[0]?.begin({ operation: 'set', valueBytes }, new AllKeys(keys), FILLING);
    await idle(filling, 6 * PATIENCE_MS);
    return NO_FIGURES;
  }
  const busy = clients.slice(0, order.clients);
  const random = new RandomKeys(keys);
  for (const client of busy) client.begin(order, random, order.inFlight);
  await sleep(order.warmUpMs);
  const count = () => busy.reduce((sum, { answers }) => sum + answers, 0);
  const seconds = () => servers.map(processorSeconds);
  const [cpu, secondsBefore, before, began] = [
    process.cpuUsage(),
    seconds(),
    count(),
    performance.now(),
  ];
  await sleep(order.measuredMs);
  const elapsed = (performance.now() - began) / 1000;
  const answers = count() - before;
  const { user, system } = process.cpuUsage(cpu);
  const shares = seconds().map((after, index) => (after - (secondsBefore[index] ?? 0)) / elapsed);
  random.stop();
  await idle(busy, PATIENCE_MS);
  return {
    rate: answers / elapsed,
    load: (user + system) / 1_000_000 / elapsed,
    servers: shares,
  };
}

/** Waits until everything is answered, and says what is to be said then. */
async function idle(clients: readonly Client[], patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  while (clients.some(({ underWay }) => underWay > 0)) {
    if (performance.now() > end) throw new Error('some requests are not answered');
    await sleep(5);
  }
  for (const client of clients) client.takeLeave();
}

process.once('disconnect', () => process.exit());
const [text = ''] = process.argv.slice(2);
const settings = JSON.parse(text) as LoadSettings;
const connected = await connectClients(settings);
const clients = connected.map((connections) => new Client(connections, settings.keys));
process.send?.(NO_FIGURES);
for (;;) {
  const [order] = await once(process, 'message');
  process.send?.(await follow(order as LoadOrder, clients, settings));
}
