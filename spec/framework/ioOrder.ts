/**
 * # The order of a step's IO
 *
 * A host's step counts as one atomic step although it does several operations, because it does them
 * in an order that lets each move past the operations of other hosts until they stand together:
 * first it receives, then at most once it learns the time, then it sends.
 *
 *     Legal  ≜  R* (C | T)? S*
 *
 * A receive that finds nothing tells the host something about the present moment, just as a clock
 * does, so it counts as time-dependent.
 *
 * Follows LIoOpSeqCompatibleWithReduction in Common/Framework/Environment.s.dfy of IronFleet.
 */

/** R received a packet, C read the clock, T found nothing to receive, S sent a packet. */
export type IoOperation = 'R' | 'C' | 'T' | 'S';

/** How far a step has come: what it did last. It begins by receiving. */
export type IoStage = 'receiving' | 'timed' | 'sending';

export const FIRST_STAGE: IoStage = 'receiving';

/** The stage after one more operation, or nothing if the operation comes too late. */
export function afterOperation(stage: IoStage, operation: IoOperation): IoStage | undefined {
  switch (operation) {
    case 'R':
      return stage === 'receiving' ? 'receiving' : undefined;
    case 'C':
    case 'T':
      return stage === 'receiving' ? 'timed' : undefined;
    case 'S':
      return 'sending';
  }
}

/** Whether a step may do these operations in this order. */
export function isLegalOrder(operations: Iterable<IoOperation>): boolean {
  let stage: IoStage | undefined = FIRST_STAGE;
  for (const operation of operations) {
    stage = afterOperation(stage, operation);
    if (stage === undefined) return false;
  }
  return true;
}
