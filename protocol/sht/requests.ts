/**
 * # Requests of clients
 *
 * A host answers for the keys that are its own. Whoever asks for another is told who has it, as far
 * as this host knows: a redirect is no promise. The key may have moved on meanwhile, or may still be
 * on its way.
 *
 * Follows NextGetRequest and NextSetRequest of Protocol/SHT/Host.i.dfy of IronFleet.
 */

import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import { ownerOf } from './delegationMap.ts';
import { type Host, isMine, mayTell, onWaiting, tell } from './host.ts';
import type { Value } from './keys.ts';

const canBeAnswered = (h: Host, src: EndPoint): Verdict =>
  clause('there is a number left for an answer', mayTell(h, src));

/** Whether a value, if it is one, is as long as values may be. */
export const isShort = ({ constants: { parameters } }: Host, value: Value | undefined): boolean =>
  value === undefined || value.length <= parameters.maxValueBytes;

/** Answer with what the table has. */
export const get = onWaiting({
  name: 'get',
  types: ['get'],
  guard: (h, { key }, src) =>
    clause("the key is this host's own", isMine(h, key)) ?? canBeAnswered(h, src),
  step: (h, { key }, src) => tell(h, src, { type: 'reply', key, value: h.table.get(key) }),
});

/** Set the key, or delete it, and answer with what was set. */
export const set = onWaiting({
  name: 'set',
  types: ['set'],
  guard: (h, { key, value }, src) =>
    clause("the key is this host's own", isMine(h, key))
    ?? clause('the value is not too long', isShort(h, value))
    ?? canBeAnswered(h, src),
  step: (h, { key, value }, src) => {
    const table = value === undefined ? h.table.without(key) : h.table.with(key, value);
    return tell({ ...h, table }, src, { type: 'reply', key, value });
  },
});

/** Tell who has the key. It is never this host: no client is sent around in a circle of one. */
export const redirect = onWaiting({
  name: 'redirect',
  types: ['get', 'set'],
  guard: (h, content, src) =>
    clause("the key is not this host's own", !isMine(h, content.key))
    ?? clause('the value is not too long', content.type === 'get' || isShort(h, content.value))
    ?? canBeAnswered(h, src),
  step: (h, { key }, src) =>
    tell(h, src, { type: 'redirect', key, owner: ownerOf(h.delegationMap, key) }),
});
