/**
 * # A client that floods a hash table
 *
 * A process that sends one set after the other to the first host, as fast as they are taken, until
 * it is ended. It acknowledges what it is answered, or never does. Run by itself, this module is
 * that process. It prints a line now and then that says how far it has come.
 */
import { FrameReader } from '../../impl/framework/frame.ts';
import { readServiceIdentity } from '../../impl/framework/identity.ts';
import { CallersProcess, type Progress, programAt } from './callersProcess.ts';
import { OriginalClient } from './originalClient.ts';
import { setBytes } from './originalShtClient.ts';
import { framed, word } from './originalSockets.ts';

const PROGRAM = programAt(import.meta.url);

export interface TableFloodOptions {
  readonly acknowledges: boolean;
  /** The length of the values, in bytes. */
  readonly value: number;
  /** All its keys are set once before they are set again. */
  readonly keys: number;
}

/** Its calls are what was answered, acknowledgements of the host apart. */
export interface FloodProgress extends Progress {
  /** Requests that were taken off its hands. */
  readonly taken: number;
}

/** Such a process, seen from the test. */
export class TableFlooder extends CallersProcess<FloodProgress> {
  constructor(serviceFile: string, options: TableFloodOptions) {
    super([PROGRAM, serviceFile, JSON.stringify(options)]);
  }
}

/** A content with its number, as a client may send it that does not care whom it is for. */
export const singleBytes = (seqno: number | bigint, content: Uint8Array): Buffer =>
  Buffer.concat([word(0), word(seqno), framed(Buffer.alloc(0)), content]);

export const ackBytes = (seqno: number | bigint): Buffer => Buffer.concat([word(1), word(seqno)]);

/** So many requests are written at once. */
const CHUNK = 32;
/** It acknowledges every so many answers. */
const ACK_EVERY = 16;
/** Who acknowledges has so many requests under way, and each is accepted; others have no limit. */
const WINDOW = 768;

async function main(serviceFile: string, json: string): Promise<void> {
  const { acknowledges, value, keys } = JSON.parse(json) as TableFloodOptions;
  const client = await OriginalClient.connect(readServiceIdentity(serviceFile));
  const [socket] = client.sockets;
  if (socket === undefined) throw new Error('there is no host');
  const content = Buffer.alloc(value, 'x');
  let answered = 0;
  socket.removeAllListeners('data');
  const reader = new FrameReader();
  socket.on('data', (chunk: Uint8Array) => {
    reader.feed(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      if (frame[7] !== 0) continue;
      answered++;
      if (acknowledges && answered % ACK_EVERY === 0) socket.write(framed(ackBytes(answered)));
    }
  });
  let seqno = 0;
  const next = (): Buffer => {
    seqno++;
    return framed(singleBytes(seqno, setBytes(BigInt(seqno % keys), content)));
  };
  const flood = (): void => {
    if (acknowledges && seqno - answered > WINDOW) {
      setImmediate(flood);
      return;
    }
    const chunk = Buffer.concat(Array.from({ length: CHUNK }, next));
    if (socket.write(chunk)) setImmediate(flood);
    else socket.once('drain', flood);
  };
  flood();
  const length = framed(singleBytes(1, setBytes(0n, content))).length;
  setInterval(() => {
    const taken = Math.floor((socket.bytesWritten - socket.writableLength) / length);
    const progress: FloodProgress = { calls: answered, least: answered, taken };
    process.stdout.write(`${JSON.stringify(progress)}\n`);
  }, 20);
  process.once('SIGTERM', () => process.exit(0));
}

if (process.argv[1] === PROGRAM) await main(process.argv[2] ?? '', process.argv[3] ?? '');
