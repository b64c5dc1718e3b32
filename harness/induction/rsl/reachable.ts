/**
 * # What tells a reached scene from others
 *
 * True of everything that replicas can get themselves into, and no invariant says so: no law needs
 * it. A scene of which one of these is not true is one that no behaviour leads to. A scene of which
 * they all are true may still be one.
 */

import { compareBallots } from '../../../protocol/rsl/ballot.ts';
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Packet } from '../../../spec/framework/environment.ts';
import { equal } from '../../../spec/framework/equal.ts';
import type { Scene } from '../scene.ts';

type RslScene = Scene<Replica, Message>;

/** What goes to all replicas at once. A vote may be repeated to one, but it went to all before. */
const TO_ALL: readonly Message['type'][] = ['1a', '2a', '2b', 'heartbeat', 'startingPhase2'];

const replicasOf = ({ hosts }: RslScene): readonly string[] => hosts[0]?.constants.replicas ?? [];

const said = (
  { sent }: RslScene,
  src: string,
  holds: (packet: Packet<Message>) => boolean,
): boolean => sent.some((packet) => packet.src === src && holds(packet));

export const REACHABLE: Readonly<Record<string, (scene: RslScene) => boolean>> = {
  'what goes to all replicas goes to each': (scene) => {
    const replicas = replicasOf(scene);
    return scene.sent.every(
      ({ src, msg }) =>
        !TO_ALL.includes(msg.type)
        || !replicas.includes(src)
        || replicas.every((dst) =>
          said(scene, src, (other) => other.dst === dst && equal(other.msg, msg)),
        ),
    );
  },
  'who has voted has said so': (scene) =>
    scene.hosts.every(({ constants: { me }, acceptor }) =>
      [...acceptor.votes].every(([operation, { ballot, batch }]) =>
        said(
          scene,
          me,
          ({ msg }) =>
            msg.type === '2b'
            && msg.operation === operation
            && compareBallots(msg.ballot, ballot) === 0
            && equal(msg.batch, batch),
        ),
      ),
    ),
  'who promises was asked to': (scene) =>
    scene.sent.every(
      ({ src, dst, msg }) =>
        msg.type !== '1b'
        || !replicasOf(scene).includes(src)
        || said(
          scene,
          dst,
          (other) =>
            other.dst === src
            && other.msg.type === '1a'
            && compareBallots(other.msg.ballot, msg.ballot) === 0,
        ),
    ),
  'who is promised a ballot hears of it': (scene) =>
    scene.hosts.every(({ constants: { me }, proposer }) =>
      [...proposer.received1bs].every(([src, msg]) =>
        said(scene, src, (packet) => packet.dst === me && equal(packet.msg, msg)),
      ),
    ),
  'a checkpoint is known from who has it': (scene) =>
    scene.hosts.every(({ constants: { me, replicas }, acceptor }) =>
      acceptor.lastCheckpointed.every(
        (checkpoint, place) =>
          checkpoint === 0
          || said(
            scene,
            replicas[place] ?? '',
            ({ dst, msg }) =>
              dst === me && msg.type === 'heartbeat' && msg.checkpoint === checkpoint,
          ),
      ),
    ),
  'who leads is in the view that it leads': ({ hosts }) =>
    hosts.every(
      ({ proposer, election }) =>
        proposer.phase === 0 || compareBallots(proposer.maxBallotSent1a, election.view) === 0,
    ),
  'nobody counts votes for what it has executed': ({ hosts }) =>
    hosts.every(({ learner, executor }) =>
      [...learner.tallies.keys()].every((operation) => operation >= executor.operationsComplete),
    ),
  'nobody writes down what it has not executed': ({ hosts }) =>
    hosts.every(
      ({ executor: { checkpoint, operationsComplete } }) =>
        checkpoint === undefined || checkpoint.operationsComplete <= operationsComplete,
    ),
  'only clients ask, and only replicas are asked': (scene) =>
    scene.sent.every(
      ({ src, dst, msg }) =>
        !replicasOf(scene).includes(src)
        || (msg.type !== 'request' && (msg.type === 'reply' || replicasOf(scene).includes(dst))),
    ),
};
