/**
 * # Changes of a hash table's protocol
 *
 * Of when an action may be taken, of what it leaves, and of what it says.
 */
import type { Action, Step } from '../../protocol/framework/action.ts';
import { guardOf, stepOf } from '../../protocol/framework/steps.ts';
import type { Host } from '../../protocol/sht/host.ts';
import type { Content, Message, SingleMessage } from '../../protocol/sht/messages.ts';
import { type Peer, peerOf, withPeer } from '../../protocol/sht/singleDelivery.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { ShtProtocol } from './shtBehaviours.ts';

export type Change = (protocol: ShtProtocol) => ShtProtocol;

type ShtAction = Action<Host, Message>;
type ShtStep = Step<Host, Message>;
type Input = Packet<Message> | undefined;

/** The protocol in which the actions of these names are others. */
export const only =
  (names: string, change: (action: ShtAction) => ShtAction): Change =>
  (protocol) => ({
    ...protocol,
    actions: protocol.actions.map((action) =>
      names.split(' ').includes(action.name) ? change(action) : action,
    ),
  });

/** The actions of these names may be taken whenever this holds, or is left as it was. */
export const allows = (
  names: string,
  holds: (h: Host, packet: Input, rightly: boolean) => boolean,
): Change =>
  only(names, (action) => {
    const guard = (h: Host, { packet, now }: { packet?: Packet<Message>; now: number }) => {
      const rightly = guardOf(action, h, { packet, now }, undefined) === undefined;
      return holds(h, packet, rightly) ? undefined : { failed: 'the action is taken' };
    };
    return { ...action, guard } as ShtAction;
  });

/** The actions of these names do something else, which may begin with what is right. */
export const does = (
  names: string,
  change: (step: ShtStep, h: Host, packet: Input) => ShtStep,
): Change =>
  only(names, (action) => {
    const step = (h: Host, { packet, now }: { packet?: Packet<Message>; now: number }) =>
      change(stepOf(action, h, { packet, now }, undefined), h, packet);
    return { ...action, step } as ShtAction;
  });

export const leaves = (
  names: string,
  change: (after: Host, before: Host, packet: Input) => Host,
): Change =>
  does(names, ({ state, sends }, h, packet) => ({ state: change(state, h, packet), sends }));

/** What is sent newly is something else, and is so remembered. */
export const says = (names: string, change: (content: Content, before: Host) => Content): Change =>
  does(names, ({ state, sends }, h) => {
    const dst = sends[0]?.dst ?? '';
    const peer = peerOf(state.peers, dst);
    const last = peer.unacked.at(-1);
    if (last === undefined) return { state, sends };
    const msg = { ...last, content: change(last.content, h) };
    return {
      state: setPeer(state, dst, { unacked: peer.unacked.with(-1, msg) }),
      sends: [{ src: h.constants.me, dst, msg }],
    };
  });

export const setPeer = (h: Host, id: EndPoint, parts: Partial<Peer>): Host => ({
  ...h,
  peers: withPeer(h.peers, id, { ...peerOf(h.peers, id), ...parts }),
});

export const contentOf = ({ received }: Host): Content | undefined => received?.msg.content;
export const isHost = (h: Host, id: EndPoint | undefined): boolean =>
  id !== undefined && h.constants.hosts.includes(id);

export const seqnoOf = (packet: Input): number =>
  packet?.msg.type === 'single' ? packet.msg.seqno : 0;
export const acceptedOf = (h: Host, packet: Input): number =>
  peerOf(h.peers, packet?.src ?? '').accepted;

/** An order that is taken, whatever is to be said against it, if this holds. */
export const orders = (holds: (h: Host, order: Content & { type: 'shard' }) => boolean): Change =>
  allows('shard', (h, _, rightly) => {
    const content = contentOf(h);
    return (
      rightly
      || (content?.type === 'shard' && content.range.low < content.range.high && holds(h, content))
    );
  });

export const handsOver = 'delegate shard';

/** Of what is unacknowledged, other single messages are sent again. */
export const repeats = (change: (msg: SingleMessage) => SingleMessage): Change =>
  does('resend', ({ state, sends }) => ({
    state,
    sends: sends.map((packet) => ({ ...packet, msg: change(packet.msg as SingleMessage) })),
  }));

type Delegation = Extract<Content, { readonly type: 'delegate' }>;

export const delegates = (change: (delegation: Delegation, before: Host) => Delegation): Change =>
  says(handsOver, (content, h) => (content.type === 'delegate' ? change(content, h) : content));

/** What a protocol does that is wrong, a law by which it is refused some time, and the change. */
export type Wrong = readonly (readonly [what: string, law: string, change: Change])[];
