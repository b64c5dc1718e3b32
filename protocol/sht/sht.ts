/**
 * # The sharded hash table
 *
 * All that a host can do: receive a packet, deal with the message that it has accepted, hand on the
 * next piece of a range that is to move, and send again what may have been lost.
 *
 * Follows Protocol/LiveSHT/Scheduler.i.dfy of IronFleet; departs from it in that actions have no
 * fixed turns.
 */
import { clause } from '../../spec/framework/verdict.ts';
import type { Action, LocalAction, Protocol } from '../framework/action.ts';
import { type Configuration, objections, type Parameters } from './configuration.ts';
import { done, type Host, initHost, mayDelegate } from './host.ts';
import { describe, type Message } from './messages.ts';
import { adopt, delegate, shard } from './moving.ts';
import { accept, acceptAgain, hearAck, ignore, resend, tellNumbers } from './receiving.ts';
import { get, redirect, set } from './requests.ts';
import { refuse, tellStatus } from './telling.ts';

/** What may become of a message that waits, where anything becomes of it. */
const PROCESSING = [get, set, redirect, shard, adopt, tellStatus, refuse];

/** Whether a host is at its end: it can neither move keys nor do without. */
function isStuck(h: Host): boolean {
  const type = h.received?.msg.content.type;
  return (type === 'shard' || type === 'delegate') && !mayDelegate(h);
}

/**
 * Every other message is done with. The original keeps for ever what would be one delegation too
 * many.
 */
export const discard: LocalAction<Host, Message> = {
  name: 'discard',
  takes: 'nothing',
  readsClock: false,
  guard: (h, input) =>
    clause('a message is waiting', h.received !== undefined)
    ?? clause('there were not too many delegations', !isStuck(h))
    ?? clause(
      'nothing else is to be done about it',
      PROCESSING.every((action) => action.guard(h, input) !== undefined),
    ),
  step: (h) => ({ state: done(h), sends: [] }),
};

const ORIGINAL: readonly Action<Host, Message>[] = [
  accept,
  acceptAgain,
  hearAck,
  ignore,
  get,
  set,
  redirect,
  shard,
  adopt,
  discard,
  resend,
];

const OURS: readonly Action<Host, Message>[] = [
  ...ORIGINAL,
  delegate,
  tellNumbers,
  tellStatus,
  refuse,
];

/**
 * The protocol of hosts in a configuration. Throws a RangeError that says why not, where they or the
 * parameters make no service.
 */
export function sht(configuration: Configuration, parameters: Parameters): Protocol<Host, Message> {
  const found = objections(configuration, parameters);
  if (found.length > 0) throw new RangeError(found.join('; '));
  return {
    name: 'sht',
    hosts: configuration.hosts,
    actions: parameters.compatible ? ORIGINAL : OURS,
    init: (me) => initHost({ ...configuration, me, parameters }),
    describe,
  };
}
