/**
 * # Laws of orders and answers
 *
 * What a host does about what it was asked: keys leave it only because whoever may have them moved
 * has said so, an order is forgotten only once its keys are with its recipient, and whoever asks is
 * answered. Each is about one step of one host.
 *
 * The original has no such laws, as nothing in its specification speaks of orders.
 */
import { hostNamed, isAdministrator } from '../../../protocol/sht/configuration.ts';
import { ownsAll } from '../../../protocol/sht/delegationMap.ts';
import { type Host, mayTell } from '../../../protocol/sht/host.ts';
import { isEmpty, type KeyRange } from '../../../protocol/sht/keys.ts';
import type { Content, Order } from '../../../protocol/sht/messages.ts';
import { clause, forAll, type Verdict } from '../../../spec/framework/verdict.ts';
import { rangesChanged } from '../places.ts';
import type { PacketLaw } from '../scope.ts';
import { newlyTold } from './telling.ts';

/** S23: keys leave a host by order only, and an order is forgotten once they have. */
export function ordersAreFollowed(before: Host, after: Host): Verdict {
  const isSameMap = before.delegationMap === after.delegationMap;
  if (isSameMap && before.orders === after.orders) return undefined;
  const given = orderGiven(before, after);
  const known = given === undefined ? before.orders : [...before.orders, given];
  return (
    forAll(after.orders, (order) =>
      clause(
        'an order was given by whoever may have keys moved',
        known.some((other) => isRest(order, other)),
      ),
    )
    ?? forAll(before.orders, (order) => {
      const rest = after.orders.find((other) => isRest(other, order));
      const gone = { low: order.range.low, high: rest?.range.low ?? order.range.high };
      return clause(
        'an order is forgotten once its keys are with its recipient',
        isEmpty(gone) || ownsAll(after.delegationMap, gone, order.recipient),
      );
    })
    ?? (isSameMap ? undefined : leaveByOrder(before, after, known))
  );
}

/** The order that a host was done with in a step, if whoever gave it may. */
function orderGiven({ constants, received }: Host, after: Host): Order | undefined {
  if (received === undefined || after.received === received) return undefined;
  const { src, msg } = received;
  if (msg.content.type !== 'shard' || !isAdministrator(constants, src)) return undefined;
  const { range, recipient } = msg.content;
  return { range, recipient: hostNamed(constants, recipient) };
}

/** Whether an order is what is left of another one, or all of it. */
const isRest = (order: Order, other: Order): boolean =>
  order.recipient === other.recipient
  && order.range.high === other.range.high
  && order.range.low >= other.range.low;

function leaveByOrder(before: Host, after: Host, orders: readonly Order[]): Verdict {
  const { me } = before.constants;
  return forAll(rangesChanged(before.delegationMap, after.delegationMap, me), (range) =>
    clause(
      'keys leave a host by order only',
      ownsAll(after.delegationMap, range, me)
        || orders.some(
          (order) =>
            covers(order.range, range) && ownsAll(after.delegationMap, range, order.recipient),
        ),
    ),
  );
}

const covers = ({ low, high }: KeyRange, range: KeyRange): boolean =>
  low <= range.low && range.high <= high;

/** What answers what; of what is not here, nothing does. */
const ANSWERS: Readonly<Partial<Record<Content['type'], readonly Content['type'][]>>> = {
  get: ['reply', 'redirect'],
  set: ['reply', 'redirect', 'refusal'],
  statusRequest: ['status'],
};

/** S24: whoever asks is answered, once; an order is taken or refused. */
export function answersWhoAsks(before: Host, after: Host): Verdict {
  const { received, constants } = before;
  if (received === undefined || after.received === received) return undefined;
  const { src, msg } = received;
  const { type } = msg.content;
  // The original does not answer everything, and who has no number left cannot.
  if ((constants.parameters.compatible && type !== 'get') || !mayTell(before, src))
    return undefined;
  const answer = newlyTold(before, after, src)?.type;
  if (type === 'shard') {
    return clause(
      'an order is taken or refused',
      (answer === 'refusal') !== after.orders.length > before.orders.length,
    );
  }
  const answers = ANSWERS[type];
  return answers === undefined
    ? clause('who does not ask is not answered', answer === undefined)
    : clause('who asks is answered', answer !== undefined && answers.includes(answer));
}

/** S25: which keys there are is for those who may have them moved. */
export const tellsAdministrators: PacketLaw = ({ dst, msg }, { setting }) =>
  msg.type === 'single' && msg.content.type === 'status'
    ? clause(
        'which keys there are is for those who may have them moved',
        msg.content.samples.length === 0 || isAdministrator(setting.configuration, dst),
      )
    : undefined;
