/**
 * # Wrong locks
 *
 * Changes to the lock's protocol, its specification or its laws, each with what must refuse it. They
 * show that the explorer sees, and that its fast model sees what the textbook's does.
 */
import type { Action, LocalAction, PacketAction } from '../../../protocol/framework/action.ts';
import { type Host, init, type Message } from '../../../protocol/lock/host.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import type { Refusal } from '../../../spec/framework/verdict.ts';
import type { LockLaws } from '../lock.ts';

export type Mutation = (laws: LockLaws) => LockLaws;

const withActions =
  (change: (action: Action<Host, Message>) => Action<Host, Message>): Mutation =>
  (laws) => ({
    ...laws,
    protocol: { ...laws.protocol, actions: laws.protocol.actions.map(change) },
  });

const grants = (step: LocalAction<Host, Message>['step']): Mutation =>
  withActions((action) =>
    action.name === 'grant' ? ({ ...action, step } as typeof action) : action,
  );

const accepts = (change: Partial<PacketAction<Host, Message>>): Mutation =>
  withActions((action) =>
    action.name === 'accept' ? ({ ...action, ...change } as typeof action) : action,
  );

export const restarts =
  (restart: (h: Host) => Host): Mutation =>
  (laws) => ({
    ...laws,
    protocol: { ...laws.protocol, restart },
  });

const transfers = (h: Host, dst: string, epoch: number): Packet<Message>[] => [
  { src: h.constants.me, dst, msg: { type: 'transfer', epoch } },
];
const after = ({ constants: { me, ring } }: Host, by: number) =>
  ring[(ring.indexOf(me) + by) % ring.length] as string;
const released = (h: Host, now: number): Host => ({ ...h, held: false, offeredAt: now });
const refuses = (holds: boolean): Refusal | undefined => (holds ? undefined : { failed: 'no' });

/** Wrong systems, with the boundary and the innermost clause that refuse each. */
export const WRONG_LOCKS: readonly (readonly [law: string, mutation: Mutation, refusal: string])[] =
  [
    [
      'a host that keeps the lock it grants',
      grants((h) => ({ state: h, sends: transfers(h, after(h, 1), h.epoch + 1) })),
      'B3 only the last in history holds',
    ],
    [
      'a host that grants to itself',
      grants((h, { now }) => ({
        state: released(h, now),
        sends: transfers(h, after(h, 0), h.epoch + 1),
      })),
      'B3 whoever offers the lock has granted it to its successor',
    ],
    [
      'a host that skips its successor',
      grants((h, { now }) => ({
        state: released(h, now),
        sends: transfers(h, after(h, 2), h.epoch + 1),
      })),
      'B3 whoever offers the lock has granted it to its successor',
    ],
    [
      'a host that does not count epochs',
      grants((h, { now }) => ({
        state: released(h, now),
        sends: transfers(h, after(h, 1), h.epoch),
      })),
      'B3 no transfer names the first epoch',
    ],
    [
      'a host that grants to a stranger',
      grants((h, { now }) => ({
        state: released(h, now),
        sends: transfers(h, 'stranger', h.epoch + 1),
      })),
      'B3 the new holder is a host',
    ],
    [
      'a host that says locked for another',
      grants((h, { now }) => ({
        state: released(h, now),
        sends: [
          ...transfers(h, after(h, 1), h.epoch + 1),
          { src: h.constants.me, dst: after(h, 1), msg: { type: 'locked', epoch: h.epoch + 1 } },
        ],
      })),
      'B4 whoever says locked held the lock in that epoch',
    ],
    [
      'a host that accepts an epoch again',
      accepts({
        guard: (h, { packet: { src, msg } }) =>
          refuses(
            h.constants.ring.includes(src)
              && msg.type === 'transfer'
              && !h.held
              && msg.epoch >= h.epoch,
          ),
      }),
      'B3 only the last in history holds',
    ],
    [
      'a host that obeys a stranger',
      accepts({
        guard: (h, { packet: { msg } }) =>
          refuses(msg.type === 'transfer' && !h.held && msg.epoch > h.epoch),
      }),
      'B3 only the last in history holds',
    ],
    [
      'a host that forgets its epoch',
      accepts({
        step: (h, { packet }) => ({
          state: { ...h, held: false, epoch: h.epoch - 1 },
          sends: transfers(h, packet.src, 2).slice(1),
        }),
      }),
      'B3 the epoch of a host never decreases',
    ],
    [
      'a host that forgets all',
      restarts((h) => init(h.constants)),
      'B3 only the last in history holds',
    ],
    [
      'a host that forgets only its epoch',
      restarts((h) => ({ ...h, held: false, epoch: 0, offeredAt: undefined })),
      'B3 a host knows of the last epoch that it handed on',
    ],
    [
      'a host that changes its configuration',
      accepts({ step: (h) => ({ state: { ...h, constants: { ...h.constants } }, sends: [] }) }),
      'B3 the configuration never changes',
    ],
    [
      'a step of the service in which nothing happens',
      (laws) => ({
        ...laws,
        act: (s, act) => (act.action === 'ignore' ? { ...s } : laws.act(s, act)),
      }),
      'B3 the lock changes hands exactly once',
    ],
    [
      'a step of the service when nothing happens in the system',
      (laws) => ({
        ...laws,
        act: (s, act) =>
          act.action === 'ignore' ? { ...s, history: s.history.append('a') } : laws.act(s, act),
      }),
      'B3 the holder is in the last epoch',
    ],
    [
      'a service that may not begin so',
      (laws) => ({ ...laws, init: () => ({ failed: 'no' }) }),
      'B3 no',
    ],
  ];
