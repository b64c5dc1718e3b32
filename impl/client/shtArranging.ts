/**
 * # Having keys moved
 *
 * Who should have which keys is compared with who has them, as all hosts tell it, and each host that
 * has what it should not is ordered to hand it on; again and again, until nothing is left to do. An
 * order that was given already is not given again. Whatever changes meanwhile, be it by the orders
 * of others, is seen the next time.
 */
import type { ArrangeOptions, ShtAdministrator } from './shtAdministrator.ts';
import { OrderRefusedError, StuckError } from './shtErrors.ts';
import type { KeyRange, Reason } from './shtMessages.ts';
import type { Target } from './shtPlan.ts';
import { intersection, keysIn, type Survey } from './shtSurvey.ts';

/** Who sees where keys are, and has them moved. */
export type Overseer = Pick<ShtAdministrator, 'survey' | 'order' | 'nameOf' | 'now' | 'pause'>;

/** How keys were arranged. */
export interface Arrangement {
  readonly targets: readonly Target[];
  /** Where all keys were in the end. */
  readonly survey: Survey;
  /** About how many keys have moved. */
  readonly moved: number;
  readonly tookMs: number;
  /** Whether everything was where it should be from the start. */
  readonly wasNothing: boolean;
}

/** What is still to be done. */
interface Left {
  /** What has not been ordered, with who has it. */
  readonly parts: readonly (Target & { readonly owner: number })[];
  readonly keys: number;
  /** Whether everything is where it should be. */
  readonly isNothing: boolean;
}

/** Refusals that have to do with what others do at the same time, and will pass. */
const PASSING: readonly Reason[] = [
  'the keys are not all here',
  'some of the keys are on the move already',
  'there are too many orders',
];

/** How many orders a host is given at a time. */
const ORDERS_AT_A_TIME = 16;

const PAUSE_MS = 100;
const PATIENCE_MS = 30_000;

export async function arrange(
  overseer: Overseer,
  targets: readonly Target[],
  { progress = () => {}, patience = PATIENCE_MS, signal }: ArrangeOptions,
): Promise<Arrangement> {
  const began = overseer.now();
  let movedAt = began;
  let before = '';
  let keysToMove: number | undefined;
  for (let round = 0; ; round++) {
    signal?.throwIfAborted();
    const survey = await overseer.survey();
    const left = leftOf(survey, targets);
    keysToMove = Math.max(keysToMove ?? 0, left.keys);
    progress({ keysLeft: left.keys, keysToMove });
    const now = overseer.now();
    if (left.isNothing) {
      const wasNothing = round === 0;
      return { targets, survey, moved: keysToMove, tookMs: now - began, wasNothing };
    }
    const refusal = await order(overseer, left);
    const state = stateOf(survey);
    if (state !== before) movedAt = now;
    before = state;
    if (now - movedAt >= patience) throw new StuckError(patience, refusal ?? waitingFor(left));
    await overseer.pause(PAUSE_MS);
  }
}

/** What there is to be done, and whether it has been ordered. */
function leftOf({ hosts, segments }: Survey, targets: readonly Target[]): Left {
  const parts: Left['parts'][number][] = [];
  let keys = 0;
  let isNothing = true;
  for (const segment of segments) {
    for (const { range, recipient } of targets) {
      const part = segment.owner === recipient ? undefined : intersection(segment, range);
      if (part === undefined) continue;
      isNothing = false;
      const { owner } = segment;
      const host = owner === undefined ? undefined : hosts[owner];
      if (owner === undefined || host === undefined) continue; // It is on its way.
      keys += keysIn(host, part);
      for (const piece of withoutOrders(part, host.orders)) {
        parts.push({ range: piece, recipient, owner });
      }
    }
  }
  return { parts, keys, isNothing };
}

/** What of a range no order is about. */
function withoutOrders(
  range: KeyRange,
  orders: readonly { readonly range: KeyRange }[],
): readonly KeyRange[] {
  let pieces: readonly KeyRange[] = [range];
  for (const order of orders) {
    pieces = pieces.flatMap((piece) => {
      const shared = intersection(piece, order.range);
      if (shared === undefined) return [piece];
      const below = { low: piece.low, high: shared.low };
      const above = { low: shared.high, high: piece.high };
      return [below, above].filter(({ low, high }) => low < high);
    });
  }
  return pieces;
}

/** Gives orders to all hosts at once; gives a reason if one of them could not be taken now. */
async function order(overseer: Overseer, { parts }: Left): Promise<string | undefined> {
  const owners = new Set(parts.map(({ owner }) => owner));
  const reasons = await Promise.all(
    [...owners].map(async (owner) => {
      const mine = parts.filter((part) => part.owner === owner).slice(0, ORDERS_AT_A_TIME);
      for (const { range, recipient } of mine) {
        const reason = await overseer.order(owner, range, recipient);
        if (reason === undefined) continue;
        if (!PASSING.includes(reason)) {
          throw new OrderRefusedError(overseer.nameOf(owner), reason);
        }
        return `${overseer.nameOf(owner)} says: ${reason}`;
      }
      return undefined;
    }),
  );
  return reasons.find((reason) => reason !== undefined);
}

const waitingFor = ({ parts }: Left): string =>
  parts.length === 0
    ? 'what was ordered does not arrive; is every host running?'
    : 'orders are given and nothing moves';

/** Something that changes when anything moves. */
const stateOf = ({ hosts, segments }: Survey): string =>
  `${segments.map(({ low, owner }) => `${low}:${owner}`)} ${hosts.map(({ orders }) => orders.length)}`;
