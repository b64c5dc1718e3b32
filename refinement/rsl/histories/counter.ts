/**
 * # What calls to a counter mean
 *
 * The state is the count, an operation is the count that was answered, and whether it was asked to
 * count. There is one counter, so all calls are of one partition.
 *
 * Counts are numbers here. No history is so long that a counter that begins at 0 comes to 2⁵³: an
 * answer beyond is wrong in every state.
 */
import { INCREMENT } from '../../../spec/apps/counter.ts';
import { type Bytes, readU64, toHex } from '../../../spec/framework/bytes.ts';
import {
  type CallModel,
  ImpossibleReply,
  type PartitionedCall,
} from '../../framework/linearizability.ts';
import { ILLEGAL, NO_STATE } from '../../framework/linearizing/machine.ts';
import { objectionToCounting } from './counting.ts';

const PARTITION = 'the counter';

/** An increment that was not answered. One that was answered is its count, which is at least 1. */
const UNANSWERED = 0;

/** A call that counts nothing and is answered with `count` is the operation −1 − `count`. */
const observing = (count: number): number => -1 - count;

export const counterCalls: CallModel = {
  service: 'counter',
  initial: 0,
  // In a count that no call wants, only calls without answers are legal, and they are everywhere.
  others: [0],

  read: (request, reply) => {
    const counts = request === INCREMENT;
    if (reply === undefined) return counts ? inPartition(UNANSWERED) : undefined;
    const count = reply.length === 8 ? readU64(reply) : undefined;
    if (count === undefined || count > Number.MAX_SAFE_INTEGER || (counts && count === 0n)) {
      throw new ImpossibleReply(
        'a counter answers with its count, in eight bytes',
        counts ? 'increment' : shown(request),
        shown(reply),
      );
    }
    return inPartition(counts ? Number(count) : observing(Number(count)));
  },

  step: (count, op) => {
    if (op < 0) return op === observing(count) ? count : ILLEGAL;
    return op === UNANSWERED || op === count + 1 ? count + 1 : ILLEGAL;
  },

  judge: (table) =>
    objectionToCounting(table, (row) => {
      const op = table.op[row] as number;
      return { count: op === UNANSWERED ? undefined : countOf(op), increments: op >= 0 };
    }),

  observes: (op) => op < 0,

  // Every increment before another is part of the other's count.
  enables: (earlier, op) => earlier >= 0 && op !== UNANSWERED && earlier <= countOf(op),

  wants: (op) => (op === UNANSWERED ? NO_STATE : op < 0 ? countOf(op) : op - 1),
  gives: (op) => (op === UNANSWERED ? NO_STATE : countOf(op)),

  forget: (op) => (op < 0 ? op : UNANSWERED),

  anonymous: (op) => op,

  showRequest: (op) => (op < 0 ? 'what counts nothing' : 'increment'),
  showReply: (op) => (op === UNANSWERED ? 'no answer' : `${countOf(op)}`),
  showState: String,
};

const inPartition = (op: number): PartitionedCall => ({ partition: PARTITION, op });

const countOf = (op: number): number => (op < 0 ? observing(op) : op);

const LONGEST = 32;

const shown = (bytes: Bytes): string =>
  bytes.length <= LONGEST
    ? `0x${toHex(bytes)}`
    : `${bytes.length} bytes 0x${toHex(bytes.slice(0, LONGEST))}…`;
