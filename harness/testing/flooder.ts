/**
 * # A client that floods
 *
 * A process that sends one request after the other to every replica of a key-value store, as fast
 * as they are taken, and waits for nothing, until it is killed. Run by itself, this module is that
 * process. It prints a line now and then that says how far it has come.
 */
import { fileURLToPath } from 'node:url';
import { FrameReader } from '../../impl/framework/frame.ts';
import { readServiceIdentity } from '../../impl/framework/identity.ts';
import { ServerProcess } from './lockServers.ts';
import { OriginalClient, requestBytes } from './originalClient.ts';
import { framed } from './originalSockets.ts';
import { until } from './transports.ts';

/** The module as it was built, whether this runs as it is written or as it was built. */
const PROGRAM = fileURLToPath(import.meta.url).replace(
  /\/harness\/testing\/(\w+)\.ts$/,
  '/dist/harness/testing/$1.js',
);

/** How many bytes a value of the flood has. */
const VALUE = 1000;
/** So many requests are written at once. */
const CHUNK = 64;

export interface FloodProgress {
  /** Requests that were taken off its hands, by whichever replica took most. */
  readonly taken: number;
  /** Requests that were answered, by whichever replica answered most. */
  readonly answered: number;
}

/** Such a process, seen from the test. */
export class Flooder {
  readonly #process: ServerProcess;

  constructor(serviceFile: string) {
    this.#process = new ServerProcess([PROGRAM, serviceFile]);
  }

  get progress(): FloodProgress {
    const last = this.#process.stdout.split('\n').at(-2);
    return last === undefined ? { taken: 0, answered: 0 } : JSON.parse(last);
  }

  /** Waits until so many of its requests have been answered. */
  async answered(count: number): Promise<void> {
    await until(() => this.#process.hasEnded || this.progress.answered >= count);
    if (this.#process.hasEnded) throw new Error(`the flood has ended: ${this.#process.stderr}`);
  }

  async stop(): Promise<FloodProgress> {
    await this.#process.stop('SIGKILL');
    return this.progress;
  }
}

async function main(serviceFile: string): Promise<void> {
  const client = await OriginalClient.connect(readServiceIdentity(serviceFile));
  const set = Buffer.concat([
    Buffer.from([0, 0, 0, 2, 0, 0, 0, 1, 0x66, 0, 0, VALUE >> 8, VALUE & 0xff]),
    Buffer.alloc(VALUE, 'x'),
  ]);
  const length = framed(requestBytes(0, set)).length;
  const answers = client.sockets.map(() => 0);
  for (const [replica, socket] of client.sockets.entries()) {
    socket.removeAllListeners('data');
    const reader = new FrameReader();
    socket.on('data', (chunk: Uint8Array) => {
      reader.feed(chunk);
      while (reader.next()) answers[replica] = (answers[replica] ?? 0) + 1;
    });
    let seqno = 0;
    const flood = (): void => {
      const chunk = Array.from({ length: CHUNK }, () => framed(requestBytes(seqno++, set)));
      if (socket.write(Buffer.concat(chunk))) setImmediate(flood);
      else socket.once('drain', flood);
    };
    flood();
  }
  setInterval(() => {
    const taken = client.sockets.map((socket) => socket.bytesWritten - socket.writableLength);
    const progress: FloodProgress = {
      taken: Math.floor(Math.max(...taken) / length),
      answered: Math.max(...answers),
    };
    process.stdout.write(`${JSON.stringify(progress)}\n`);
  }, 10);
}

if (process.argv[1] === PROGRAM) await main(process.argv[2] ?? '');
