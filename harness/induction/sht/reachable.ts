/**
 * # What tells a reached scene from others
 *
 * True of everything that hosts can get themselves into, and no invariant says so: no law needs it.
 * A scene of which one of these is not true is one that no behaviour leads to. A scene of which they
 * all are true may still be one.
 */
import { contains } from '../../../protocol/sht/keys.ts';
import type { Content, Message, SingleMessage } from '../../../protocol/sht/messages.ts';
import { lastSent } from '../../../protocol/sht/singleDelivery.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import type { ShtScene } from './moves.ts';

const said = (
  { sent }: ShtScene,
  src: string,
  dst: string,
  holds: (msg: Message) => boolean,
): boolean => sent.some((packet) => packet.src === src && packet.dst === dst && holds(packet.msg));

const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, place) => place + 1);

const isSingle = (packet: Packet<Message>): packet is Packet<SingleMessage> =>
  packet.msg.type === 'single';

export const REACHABLE: Readonly<Record<string, (scene: ShtScene) => boolean>> = {
  'whatever was accepted was said, every number of it': (scene) =>
    scene.hosts.every(({ constants: { me }, peers }) =>
      [...peers].every(([id, { accepted }]) =>
        upTo(accepted).every((seqno) =>
          said(scene, id, me, (msg) => msg.type === 'single' && msg.seqno === seqno),
        ),
      ),
    ),
  'whatever was accepted was acknowledged, every number of it': (scene) =>
    scene.hosts.every(({ constants: { me }, peers }) =>
      [...peers].every(([id, { accepted }]) =>
        upTo(accepted).every((seqno) =>
          said(scene, me, id, (msg) => msg.type === 'ack' && msg.seqno === seqno),
        ),
      ),
    ),
  'a host has said something under each of its numbers': (scene) =>
    scene.hosts.every(({ constants: { me, parameters }, peers }) =>
      [...peers].every(
        ([id, peer]) =>
          parameters.compatible
          || upTo(lastSent(peer)).every((seqno) =>
            said(scene, me, id, (msg) => msg.type === 'single' && msg.seqno === seqno),
          ),
      ),
    ),
  'a host counts the delegations that it sends': (scene) =>
    scene.hosts.every(({ constants: { me }, numDelegations }) => {
      const sent = scene.sent.filter(
        (packet) => packet.src === me && isSingle(packet) && packet.msg.content.type === 'delegate',
      );
      return sent.length < numDelegations;
    }),
  'what a table has was set at some host': (scene) =>
    scene.hosts.every(({ table }) =>
      [...table].every(([key, value]) =>
        scene.sent.some((packet) => isSingle(packet) && isSetTo(packet.msg.content, key, value)),
      ),
    ),
  'who has keys of which the first host had all was handed them': (scene) =>
    scene.hosts
      .slice(1)
      .every(({ constants: { me }, delegationMap }) =>
        delegationMap.every(
          ({ low, owner }) =>
            owner !== me
            || scene.sent.some(
              (packet) =>
                packet.dst === me
                && isSingle(packet)
                && packet.msg.content.type === 'delegate'
                && contains(packet.msg.content.range, low),
            ),
        ),
      ),
};

const isSetTo = (content: Content, key: bigint, value: string): boolean =>
  content.type === 'set' && content.key === key && content.value === value;
