/**
 * # The host
 *
 * Every host has a table of the keys that are its own, a map of who has the others, and for each
 * peer what single delivery must remember. A message that it has accepted waits in a place for one;
 * while that is taken, no other is accepted.
 *
 * Follows Protocol/SHT/Host.i.dfy of IronFleet; departs from it in orders that are carried out bit by
 * bit (see moving.ts).
 */
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { OrderedMap } from '../../spec/framework/orderedMap.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { LocalAction, Step } from '../framework/action.ts';
import type { Constants } from './configuration.ts';
import { allTo, type DelegationMap, ownerOf } from './delegationMap.ts';
import type { Key, Value } from './keys.ts';
import type { Content, Message, Order, SingleMessage } from './messages.ts';
import { maySend, nextMessage, type Peers, peerOf, withPeer } from './singleDelivery.ts';

export interface Host {
  readonly constants: Constants;
  readonly delegationMap: DelegationMap;
  /** What the keys have that are this host's own. */
  readonly table: OrderedMap<Value>;
  readonly peers: Peers;
  /** What was accepted and is still to be processed. */
  readonly received: Packet<SingleMessage> | undefined;
  /** What is to be handed on to others, the oldest first. */
  readonly orders: readonly Order[];
  /** One more than the delegations that this host has sent or adopted. */
  readonly numDelegations: number;
  /** When it last looked for messages to send again, by its clock. */
  readonly resentAt: number;
  /** For each host that had not acknowledged everything then, the first number that was left. */
  readonly noted: ReadonlyMap<EndPoint, number>;
}

/** In the beginning, the first host has all keys, and none has a value. */
export const initHost = (constants: Constants): Host => ({
  constants,
  delegationMap: allTo(constants.hosts[0] as EndPoint),
  table: OrderedMap.empty(),
  peers: new Map(),
  received: undefined,
  orders: [],
  numDelegations: 1,
  resentAt: 0,
  noted: new Map(),
});

export const isMine = ({ constants: { me }, delegationMap }: Host, key: Key): boolean =>
  ownerOf(delegationMap, key) === me;

/** Whether there is a number left for a message to somebody. */
export const mayTell = ({ constants, peers }: Host, dst: EndPoint): boolean =>
  maySend(peerOf(peers, dst), constants.parameters);

/** Whether a host of this many delegations may still take part in another. */
export const mayDelegate = ({ constants: { parameters }, numDelegations }: Host): boolean =>
  numDelegations < parameters.maxDelegations - 2;

/** The host that has sent a message, whatever else it has done; there must be a number for it. */
export function tell(h: Host, dst: EndPoint, content: Content): Step<Host, Message> {
  const { peer, msg } = nextMessage(peerOf(h.peers, dst), dst, content);
  return {
    state: { ...h, peers: withPeer(h.peers, dst, peer) },
    sends: [{ src: h.constants.me, dst, msg }],
  };
}

/** The host once it has dealt with what was waiting. */
export const done = (h: Host): Host => ({ ...h, received: undefined });

type ContentOf<Type extends Content['type']> = Extract<Content, { readonly type: Type }>;

/** An action on a waiting message of some types: `content` is what it carries, `src` whose it is. */
interface Processor<Type extends Content['type']> {
  readonly name: string;
  readonly types: readonly Type[];
  guard(h: Host, content: ContentOf<Type>, src: EndPoint): Verdict;
  /** What becomes of the host, which has dealt with the message. */
  step(h: Host, content: ContentOf<Type>, src: EndPoint): Step<Host, Message>;
}

/** An action with which a host deals with a message that it has accepted. */
export const onWaiting = <Type extends Content['type']>({
  name,
  types,
  guard,
  step,
}: Processor<Type>): LocalAction<Host, Message> => ({
  name,
  takes: 'nothing',
  readsClock: false,
  guard: (h) => {
    const { received } = h;
    if (received === undefined) return clause('a message is waiting', false);
    const { src, msg } = received;
    const { content } = msg;
    return (
      clause(
        'it is of a type that the action processes',
        (types as readonly string[]).includes(content.type),
      ) ?? guard(h, content as ContentOf<Type>, src)
    );
  },
  step: (h) => {
    const { src, msg } = h.received as Packet<SingleMessage>;
    return step(done(h), msg.content as ContentOf<Type>, src);
  },
});
