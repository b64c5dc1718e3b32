/**
 * # Processing
 *
 * What a host does with a message that it has accepted. A get or a set is answered, whether the key
 * is here or elsewhere; an order is taken, and a delegation adopted. What cannot be done is refused
 * with a reason, or just done with, as the original does it.
 *
 * Follows Impl/SHT/HostModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import type { ShtHost } from './host.ts';
import type { Waiting } from './hostState.ts';
import {
  type Bound,
  type Content,
  KEY_INF,
  type Key,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Reason,
  type Status,
} from './messages.ts';
import { adopt, entriesOf, mayDelegate, objectionTo, takeOrder } from './moving.ts';

/** Whether a host is at its end: the message that waits would be one delegation too many. */
export function isStuck(h: ShtHost, { msg: { content } }: Waiting): boolean {
  return (content.type === 'shard' || content.type === 'delegate') && !mayDelegate(h);
}

/** Deals with the message that is waiting, and returns the name of the action. */
export function processWaiting(h: ShtHost, io: Io, { src, msg: { content } }: Waiting): string {
  h.received = undefined;
  switch (content.type) {
    case 'get':
      return h.mayTell(src) ? answer(h, io, src, content) : 'discard';
    case 'set':
      return set(h, io, src, content);
    case 'shard': {
      const reason = objectionTo(h, content, src);
      return reason === undefined ? takeOrder(h, io, content) : refuse(h, io, src, reason);
    }
    case 'delegate': {
      const entries = h.constants.hosts.has(src) ? entriesOf(h, content) : undefined;
      return entries === undefined ? 'discard' : adopt(h, content.range, entries);
    }
    case 'statusRequest':
      return tellStatus(h, io, src, content.from, content.samples);
    default:
      return 'discard';
  }
}

type Asked = Extract<Content, { readonly type: 'get' | 'set' }>;

/** Does what is asked about a key and says so, or who has it. */
function answer(h: ShtHost, io: Io, src: EndPoint, content: Asked): string {
  const { key } = content;
  const owner = h.delegationMap.ownerOf(key);
  if (owner !== h.constants.me) {
    h.tell(io, src, { type: 'redirect', key, owner });
    return 'redirect';
  }
  if (content.type === 'get') {
    h.tell(io, src, { type: 'reply', key, value: h.table.get(key) });
    return 'get';
  }
  const { value } = content;
  if (value === undefined) h.table.delete(key);
  else h.table.set(key, value);
  h.tell(io, src, { type: 'reply', key, value });
  return 'set';
}

function set(h: ShtHost, io: Io, src: EndPoint, content: Asked & { readonly type: 'set' }): string {
  const length = content.value?.length ?? 0;
  if (length > h.constants.parameters.maxValueBytes) {
    return refuse(h, io, src, 'the value is too long');
  }
  return h.mayTell(src) ? answer(h, io, src, content) : 'discard';
}

function refuse(h: ShtHost, io: Io, src: EndPoint, reason: Reason): string {
  if (h.constants.parameters.compatible || !h.mayTell(src)) return 'discard';
  h.tell(io, src, { type: 'refusal', reason });
  return 'refuse';
}

function tellStatus(h: ShtHost, io: Io, src: EndPoint, from: Bound, samples: number): string {
  const { constants } = h;
  if (constants.parameters.compatible || !h.mayTell(src)) return 'discard';
  // Which keys there are is for administrators only.
  h.tell(io, src, statusOf(h, from, constants.isAdministrator(src) ? samples : 0));
  return 'tellStatus';
}

function statusOf({ delegationMap, table, orders }: ShtHost, from: Bound, wanted: number): Status {
  const { ranges } = delegationMap;
  const first = delegationMap.placeOf(from);
  return {
    type: 'status',
    keys: table.size,
    ranges: ranges.slice(first, first + MAX_RANGES_TOLD),
    until: ranges[first + MAX_RANGES_TOLD]?.low ?? KEY_INF,
    orders,
    samples: samplesOf(table, wanted),
  };
}

/** So many keys of the table, or all if it has fewer, at even distances. */
function samplesOf(table: ShtHost['table'], wanted: number): Key[] {
  const { size } = table;
  const count = Math.min(wanted, MAX_SAMPLES, size);
  return table.ranked(
    Array.from({ length: count }, (_, place) => Math.floor((place * size) / count)),
  );
}
