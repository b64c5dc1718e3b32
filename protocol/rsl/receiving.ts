/**
 * # Receiving
 *
 * What all actions that take a packet have in common: each takes messages of one type and, but for
 * clients' requests, only from replicas. What anybody else sends under such a type is ignored.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { PacketAction, Step } from '../framework/action.ts';
import { isReplica } from './configuration.ts';
import type { Message } from './messages.ts';
import type { Replica } from './replica.ts';

type MessageOf<Type extends Message['type']> = Extract<Message, { readonly type: Type }>;

/** An action for messages of one type: `msg` is the message and `src` is who sent it. */
interface Receiver<Type extends Message['type']> {
  readonly name: string;
  /** Whether the clock is read; if not, `now` means nothing. It is not, unless this says so. */
  readonly readsClock?: boolean;
  guard(r: Replica, msg: MessageOf<Type>, src: EndPoint): Verdict;
  step(r: Replica, msg: MessageOf<Type>, src: EndPoint, now: number): Step<Replica, Message>;
}

/** An action with which a replica receives messages of a type from anyone. */
export const fromAnyone = <Type extends Message['type']>(
  type: Type,
  { name, readsClock = false, guard, step }: Receiver<Type>,
): PacketAction<Replica, Message> => ({
  name,
  takes: 'packet',
  readsClock,
  guard: (r, { packet: { src, msg } }) =>
    clause('the message is of the type that the action takes', msg.type === type)
    ?? guard(r, msg as MessageOf<Type>, src),
  step: (r, { packet: { src, msg }, now }) => step(r, msg as MessageOf<Type>, src, now),
});

/** An action with which a replica receives messages of a type from replicas, itself included. */
export const fromReplica = <Type extends Message['type']>(
  type: Type,
  receiver: Receiver<Type>,
): PacketAction<Replica, Message> =>
  fromAnyone(type, {
    ...receiver,
    guard: (r, msg, src) =>
      clause('it comes from a replica', isReplica(r.constants, src)) ?? receiver.guard(r, msg, src),
  });
