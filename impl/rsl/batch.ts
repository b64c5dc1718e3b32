/**
 * # Batches
 *
 * A batch is written once, by the leader that makes it, and read once by every other replica; from
 * then on its bytes are copied whenever a message carries it, and compared when one comes back.
 *
 * Follows Impl/RSL/CTypes.i.dfy and PacketParsing.i.dfy of IronFleet.
 */
import { MAX_REQUEST_BYTES } from '../../spec/apps/application.ts';
import { allocate } from '../framework/allocate.ts';
import { endPointSize, readEndPoint, writeEndPoint } from '../framework/endPoints.ts';
import { byteArray, type Input, u64 } from '../framework/marshal.ts';
import { type Batch, MAX_BATCH_SIZE, MAX_CLIENT_BYTES, type Request } from './messages.ts';

/** What a request in a batch takes besides the bytes of its client and of what it asks. */
const REQUEST_OVERHEAD = 24;

const requestBytes = byteArray(MAX_REQUEST_BYTES);

/** A batch of these requests. Throws a RangeError if they exceed what a message may carry. */
export function batchOf(requests: readonly Request[]): Batch {
  if (requests.length > MAX_BATCH_SIZE) {
    throw new RangeError(`${requests.length} requests are more than ${MAX_BATCH_SIZE}`);
  }
  let size = 8;
  for (const request of requests) size += sizeOf(request);
  const bytes = allocate(size);
  let at = u64.write(requests.length, bytes, 0);
  for (const { client, seqno, request } of requests) {
    at = u64.write(client.length / 2, bytes, at);
    at = writeEndPoint(client, bytes, at);
    at = u64.write(seqno, bytes, at);
    at = requestBytes.write(request, bytes, at);
  }
  return { requests, bytes };
}

function sizeOf({ client, seqno, request }: Request): number {
  const named = endPointSize(client);
  if (named > MAX_CLIENT_BYTES) {
    throw new RangeError(`${named} bytes are more than the ${MAX_CLIENT_BYTES} of a client's name`);
  }
  return 8 + named + u64.size(seqno) + requestBytes.size(request);
}

/** The batch with nothing in it. */
export const EMPTY_BATCH: Batch = batchOf([]);

/** Takes a batch from the front of the input, if there is one; a view of the input, not a copy. */
export function readBatch(input: Input): Batch | undefined {
  const { bytes, at: start } = input;
  const count = u64.read(input);
  if (count === undefined || count > MAX_BATCH_SIZE) return undefined;
  if (count * REQUEST_OVERHEAD > bytes.length - input.at) return undefined;
  const requests: Request[] = [];
  while (requests.length < count) {
    const client = readClient(input);
    if (client === undefined) return undefined;
    const seqno = u64.read(input);
    if (seqno === undefined) return undefined;
    const request = requestBytes.read(input);
    if (request === undefined) return undefined;
    requests.push({ client, seqno, request });
  }
  return { requests, bytes: view(bytes, start, input.at) };
}

/** Takes the name of a client from the front of the input, if there is one. */
export function readClient(input: Input): string | undefined {
  const length = u64.read(input);
  const { bytes, at } = input;
  if (length === undefined || length > MAX_CLIENT_BYTES || length > bytes.length - at) {
    return undefined;
  }
  input.at = at + length;
  return readEndPoint(bytes, at, input.at);
}

/** Whether the input's rest is this batch, byte for byte. */
export function isRest({ bytes, at }: Input, batch: Batch): boolean {
  const known = batch.bytes;
  if (bytes.length - at !== known.length) return false;
  if (known.buffer === bytes.buffer && known.byteOffset === bytes.byteOffset + at) return true;
  return Buffer.compare(known, view(bytes, at, bytes.length)) === 0;
}

const view = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
