/**
 * # What a host tells of itself
 *
 * How many keys it has, who has which keys as far as it knows, and what it is about to hand on: so
 * that clients need not learn where keys are one by one, and an administrator can see what he does.
 * And why it does not do what it was asked, where the original says nothing.
 *
 * The original has none of this.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import { isAdministrator } from './configuration.ts';
import { FIRST_KEY, placeOf } from './delegationMap.ts';
import { type Host, mayDelegate, mayTell, onWaiting, tell } from './host.ts';
import { type Bound, KEY_INF, type Key } from './keys.ts';
import {
  type Content,
  MAX_RANGES_TOLD,
  MAX_SAMPLES,
  type Reason,
  type Status,
} from './messages.ts';
import { objectionTo } from './moving.ts';
import { isShort } from './requests.ts';

/** So many keys of the table, or all if it has fewer, at even distances. */
function samplesOf({ table }: Host, wanted: number): readonly Key[] {
  const count = Math.min(wanted, MAX_SAMPLES, table.size);
  return Array.from({ length: count }, (_, place) => {
    const [key] = table.at(Math.floor((place * table.size) / count)) as readonly [Key, unknown];
    return key;
  });
}

/** What the host tells from a bound on. */
function statusOf(h: Host, from: Bound, samples: number): Status {
  const first = placeOf(h.delegationMap, from < FIRST_KEY ? FIRST_KEY : from);
  return {
    type: 'status',
    keys: h.table.size,
    ranges: h.delegationMap.slice(first, first + MAX_RANGES_TOLD),
    until: h.delegationMap[first + MAX_RANGES_TOLD]?.low ?? KEY_INF,
    orders: h.orders,
    samples: samplesOf(h, samples),
  };
}

/** Tell how things are. Which keys there are is for administrators only. */
export const tellStatus = onWaiting({
  name: 'tellStatus',
  types: ['statusRequest'],
  guard: (h, _, src) =>
    clause('the original does not know this', !h.constants.parameters.compatible)
    ?? clause('there is a number left for an answer', mayTell(h, src)),
  step: (h, { from, samples }, src) =>
    tell(h, src, statusOf(h, from, isAdministrator(h.constants, src) ? samples : 0)),
});

/** Why a host does not do what it is asked; nothing if it does. */
function reasonAgainst(h: Host, content: Asked, src: EndPoint): Reason | undefined {
  if (content.type === 'shard') return objectionTo(h, content, src);
  return isShort(h, content.value) ? undefined : 'the value is too long';
}

type Asked = Extract<Content, { readonly type: 'set' | 'shard' }>;

/** Say why not. */
export const refuse = onWaiting({
  name: 'refuse',
  types: ['set', 'shard'],
  guard: (h, content, src) =>
    clause('the original says nothing', !h.constants.parameters.compatible)
    ?? clause('there were not too many delegations', content.type !== 'shard' || mayDelegate(h))
    ?? clause('something is to be said against it', reasonAgainst(h, content, src) !== undefined)
    ?? clause('there is a number left for an answer', mayTell(h, src)),
  step: (h, content, src) =>
    tell(h, src, { type: 'refusal', reason: reasonAgainst(h, content, src) as Reason }),
});
