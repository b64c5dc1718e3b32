/**
 * # Laws of what hosts tell
 *
 * Whatever a host says of itself is so, at the moment when it says it: who has a key, as far as it
 * knows; how it is; and why it does not do what it was asked. Nothing else depends on it, as clients
 * must be able to do without; so no other law would see that it is wrong.
 */
import { hostNamed, isAdministrator } from '../../../protocol/sht/configuration.ts';
import { ownerOf, ownsAll, placeOf } from '../../../protocol/sht/delegationMap.ts';
import type { Host } from '../../../protocol/sht/host.ts';
import { isEmpty, KEY_INF, overlap } from '../../../protocol/sht/keys.ts';
import {
  type Content,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Reason,
  type Status,
} from '../../../protocol/sht/messages.ts';
import { lastSent, peerOf } from '../../../protocol/sht/singleDelivery.ts';
import type { EndPoint } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import { clause, type Verdict } from '../../../spec/framework/verdict.ts';

/** What somebody was told in a step, if it was one new thing. */
export function newlyTold(before: Host, after: Host, id: EndPoint): Content | undefined {
  const peer = peerOf(after.peers, id);
  return lastSent(peer) === lastSent(peerOf(before.peers, id)) + 1
    ? peer.unacked.at(-1)?.content
    : undefined;
}

/** S28: what a host says of itself is so. */
export function tellsWhatIsSo(before: Host, after: Host): Verdict {
  const { received } = before;
  if (received === undefined || after.received === received) return undefined;
  const { src, msg } = received;
  const told = newlyTold(before, after, src);
  switch (told?.type) {
    case 'redirect':
      return clause(
        'a redirect leads to whoever has the key, as far as is known',
        'key' in msg.content
          && told.key === msg.content.key
          && told.owner === ownerOf(before.delegationMap, told.key),
      );
    case 'refusal':
      return clause('a refusal has its reason', isSo(told.reason, before, msg.content, src));
    case 'status':
      return msg.content.type === 'statusRequest'
        ? statusIsSo(told, before, msg.content)
        : undefined;
    default:
      return undefined;
  }
}

/** Whether there is this reason not to do what somebody asks. */
function isSo(reason: Reason, h: Host, asked: Content, src: EndPoint): boolean {
  const { constants, delegationMap, orders } = h;
  const { me, hosts, parameters } = constants;
  if (asked.type === 'set') {
    const isLong = (asked.value?.length ?? 0) > parameters.maxValueBytes;
    return reason === 'the value is too long' && isLong;
  }
  if (asked.type !== 'shard') return false;
  const recipient = hostNamed(constants, asked.recipient);
  switch (reason) {
    case 'the value is too long':
      return false;
    case 'only an administrator may move keys':
      return !isAdministrator(constants, src);
    case 'the range is empty':
      return isEmpty(asked.range);
    case 'the recipient is no host':
      return !hosts.includes(recipient);
    case 'the recipient has given the order':
      return recipient === me;
    case 'the keys are not all here':
      return !ownsAll(delegationMap, asked.range, me);
    case 'some of the keys are on the move already':
      return orders.some(({ range }) => overlap(range, asked.range));
    case 'there are too many orders':
      return orders.length >= parameters.maxOrders || delegationMap.length >= parameters.maxRanges;
  }
}

type Question = Extract<Content, { readonly type: 'statusRequest' }>;

function statusIsSo(told: Status, h: Host, { from, samples }: Question): Verdict {
  const { delegationMap, table, orders } = h;
  const first = placeOf(delegationMap, from < 0n ? 0n : from);
  const last = first + told.ranges.length;
  const isMost = told.ranges.length === MAX_RANGES_TOLD || last === delegationMap.length;
  const known = delegationMap.slice(first, last);
  return (
    clause('a status counts the keys', told.keys === table.size)
    ?? clause('a status tells who has the keys', isMost && equal(known, told.ranges))
    ?? clause('a status says how far it goes', told.until === (delegationMap[last]?.low ?? KEY_INF))
    ?? clause('a status tells what is on the move', equal(orders, told.orders))
    ?? clause(
      'samples are keys of the table, each once, as many as were asked for at most',
      told.samples.length <= Math.min(samples, MAX_SAMPLES)
        && told.samples.every(
          (key, index) => table.has(key) && (told.samples[index - 1] ?? -1n) < key,
        ),
    )
  );
}
