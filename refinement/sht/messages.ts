/**
 * # What the implementation takes bytes for
 *
 * Its messages as those of the protocol. Every field is named, none is copied unseen, so that what
 * the implementation does not say is not taken from anywhere else.
 */
import type * as impl from '../../impl/sht/messages.ts';
import { parse } from '../../impl/sht/parse.ts';
import type { KeyRange } from '../../protocol/sht/keys.ts';
import type { Content, Message, Order } from '../../protocol/sht/messages.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { INVALID } from './wire.ts';

/** What an implementation among hosts of one kind takes bytes for. */
export function readMessageAsImpl(bytes: Uint8Array, compatible: boolean): Message {
  const msg = parse(bytes, compatible);
  return msg === undefined ? INVALID : abstractMessage(msg);
}

function abstractMessage(msg: impl.Message): Message {
  switch (msg.type) {
    case 'single': {
      const { seqno, dst, content } = msg;
      return { type: 'single', seqno, dst, content: abstractContent(content) };
    }
    case 'ack':
      return { type: 'ack', seqno: msg.seqno };
    case 'numbersRequest':
      return { type: 'numbersRequest' };
    case 'numbers':
      return { type: 'numbers', accepted: msg.accepted, acked: msg.acked };
  }
}

/** What a single message of the implementation carries, as the protocol has it. */
export function abstractContent(content: impl.Content): Content {
  switch (content.type) {
    case 'get':
      return { type: 'get', key: content.key };
    case 'set':
    case 'reply':
      return { type: content.type, key: content.key, value: content.value };
    case 'redirect':
      return { type: 'redirect', key: content.key, owner: content.owner };
    case 'shard':
      return { type: 'shard', ...abstractOrder(content) };
    case 'delegate':
      return {
        type: 'delegate',
        range: abstractRange(content.range),
        // The host adopts the first of several entries with one key.
        table: OrderedMap.from(content.entries.toReversed()),
      };
    case 'statusRequest':
      return { type: 'statusRequest', from: content.from, samples: content.samples };
    case 'status':
      return {
        type: 'status',
        keys: content.keys,
        ranges: content.ranges.map(({ low, owner }) => ({ low, owner })),
        until: content.until,
        orders: content.orders.map(abstractOrder),
        samples: [...content.samples],
      };
    case 'refusal':
      return { type: 'refusal', reason: content.reason };
  }
}

const abstractRange = ({ low, high }: impl.KeyRange): KeyRange => ({ low, high });

/** An order of the implementation, as the protocol has it. */
export const abstractOrder = ({ range, recipient }: impl.Order): Order => ({
  range: abstractRange(range),
  recipient,
});
