/**
 * # Lock protocols that are not quite ours
 *
 * Each differs from the lock protocol in one action, to find out whether a checker sees it.
 */
import type {
  Action,
  LocalAction,
  PacketAction,
  Protocol,
} from '../../protocol/framework/action.ts';
import {
  accept,
  answer,
  confirm,
  grant,
  type Host,
  type Message,
  successor,
} from '../../protocol/lock/host.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';

export type LockProtocol = Protocol<Host, Message>;

type Change = (protocol: LockProtocol) => LockProtocol;

const replace =
  (action: Action<Host, Message>): Change =>
  (protocol) => ({
    ...protocol,
    actions: protocol.actions.map((each) => (each.name === action.name ? action : each)),
  });

const changeGrant = (change: Partial<LocalAction<Host, Message>>): Change =>
  replace({ ...grant, ...change });

const change = (
  action: PacketAction<Host, Message>,
  changes: Partial<PacketAction<Host, Message>>,
): Change => replace({ ...action, ...changes });

const when = (holds: boolean): Verdict => (holds ? undefined : { failed: 'it may' });
const epochOf = ({ msg }: Packet<Message>): number => (msg.type === 'invalid' ? 0 : msg.epoch);
const isTransfer = ({ msg }: Packet<Message>): boolean => msg.type === 'transfer';
const isHosts = (h: Host, { src }: Packet<Message>): boolean => h.constants.ring.includes(src);
const next = ({ constants }: Host): EndPoint => successor(constants);

const grantTo = (dst: (h: Host) => EndPoint, epoch = (h: Host) => h.epoch + 1): Change =>
  changeGrant({
    step: (h, input) => ({
      ...grant.step(h, input),
      sends: [{ src: h.constants.me, dst: dst(h), msg: { type: 'transfer', epoch: epoch(h) } }],
    }),
  });

const say = (h: Host, dst: EndPoint, epoch: number): Packet<Message> => ({
  src: h.constants.me,
  dst,
  msg: { type: 'locked', epoch },
});

/**
 * Protocols that are wrong, each with the boundary and the law by which it is refused some time.
 */
export const WRONG: readonly (readonly [what: string, law: string, change: Change])[] = [
  [
    'keeps the lock that it grants',
    'B3 L3: only the last in history holds',
    changeGrant({ step: (h, input) => ({ state: h, sends: grant.step(h, input).sends }) }),
  ],
  [
    'grants a lock that it does not hold',
    'B3 L2: a host knows of the last epoch that it handed on',
    changeGrant({ guard: () => undefined }),
  ],
  [
    'grants to a stranger',
    'B3 the step is one of the specification: the new holder is a host',
    grantTo(() => 'mallory'),
  ],
  [
    'grants to the host after the next',
    'B3 L7: whoever offers the lock has granted it to its successor',
    grantTo((h) => successor({ ...h.constants, me: next(h) })),
  ],
  [
    'grants without raising the epoch',
    'B3 L1: no transfer names the first epoch',
    grantTo(next, (h) => h.epoch),
  ],
  [
    'grants two epochs at once',
    'B3 L1: a transfer names an epoch that has begun',
    grantTo(next, (h) => h.epoch + 2),
  ],
  [
    'grants to all hosts',
    'B3 L1: a transfer goes to the holder of its epoch',
    changeGrant({
      step: (h, input) => {
        const { state, sends } = grant.step(h, input);
        const to = (dst: EndPoint) => sends.map((sent) => ({ ...sent, dst }));
        return { state, sends: h.constants.ring.flatMap(to) };
      },
    }),
  ],
  [
    'accepts while it holds the lock',
    'B3 L3: only the last in history holds',
    change(accept, {
      guard: (h, { packet: p }) => when(isTransfer(p) && isHosts(h, p) && epochOf(p) >= h.epoch),
    }),
  ],
  [
    'accepts its own epoch again',
    'B3 L3: only the last in history holds',
    change(accept, {
      guard: (h, { packet: p }) =>
        when(isTransfer(p) && isHosts(h, p) && !h.held && epochOf(p) >= h.epoch),
    }),
  ],
  [
    'accepts any epoch',
    'B3 L6: the epoch of a host never decreases',
    change(accept, {
      guard: (h, { packet: p }) => when(isTransfer(p) && isHosts(h, p) && !h.held),
    }),
  ],
  [
    'accepts from strangers',
    'B3 L4: the holder is in the last epoch',
    change(accept, {
      guard: (h, { packet: p }) => when(isTransfer(p) && !h.held && epochOf(p) > h.epoch),
    }),
  ],
  [
    'accepts without taking over the epoch',
    'B3 L4: the holder is in the last epoch',
    change(accept, {
      step: (h, input) => {
        const { state, sends } = accept.step(h, input);
        return { state: { ...state, epoch: h.epoch }, sends };
      },
    }),
  ],
  [
    'says locked for the next epoch',
    'B4 the epoch has begun',
    change(accept, {
      step: (h, input) => ({
        state: accept.step(h, input).state,
        sends: [say(h, input.packet.src, epochOf(input.packet) + 1)],
      }),
    }),
  ],
  [
    'tells all hosts whatever it is asked, by whomever',
    'B4 whoever says locked held the lock in that epoch',
    change(answer, {
      guard: (_, { packet: p }) => when(isTransfer(p)),
      step: (h, { packet: p }) => ({
        state: h,
        sends: h.constants.ring.map((dst) => say(h, dst, epochOf(p))),
      }),
    }),
  ],
  [
    'takes the lock back when its offer is accepted',
    'B3 L3: only the last in history holds',
    change(confirm, {
      step: (h) => ({ state: { ...h, held: true, offeredAt: undefined }, sends: [] }),
    }),
  ],
  [
    'forgets its epoch when its offer is accepted',
    'B3 L6: the epoch of a host never decreases',
    change(confirm, {
      step: (h) => ({ state: { ...h, epoch: 0, offeredAt: undefined }, sends: [] }),
    }),
  ],
];

/** Protocols that are right as far as safety goes, whether they are ours or not. */
export const RIGHT: readonly (readonly [what: string, change: Change])[] = [
  ['does as ours', (protocol) => protocol],
  ['never grants', changeGrant({ guard: () => when(false) })],
  [
    'says locked to nobody',
    change(accept, { step: (h, input) => ({ ...accept.step(h, input), sends: [] }) }),
  ],
  // A transfer that a host has sent names an epoch that its destination has held, whenever that
  // was.
  [
    'answers every transfer of a host, whatever its epoch',
    change(answer, {
      guard: (h, { packet: p }) => when(isTransfer(p) && isHosts(h, p) && epochOf(p) <= h.epoch),
      step: (h, { packet: p }) => ({ state: h, sends: [say(h, p.src, epochOf(p))] }),
    }),
  ],
];
