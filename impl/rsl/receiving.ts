/**
 * # Receiving
 *
 * One packet, and what is done with it: the action that takes such a message, or none. But for
 * requests, messages are taken from replicas only.
 *
 * Follows Impl/RSL/ReplicaModel.i.dfy of IronFleet.
 */
import type { EndPoint } from '../../spec/framework/environment.ts';
import type { Io } from '../framework/io.ts';
import { hear1a, repeatVotes, vote } from './acceptor.ts';
import { hearRequest } from './clients.ts';
import { learn } from './learner.ts';
import type { Message } from './messages.ts';
import { parse } from './parse.ts';
import { collectPromise } from './proposer.ts';
import type { Replica } from './replica.ts';
import { adoptState, requestState, supplyState } from './stateTransfer.ts';

/** Where the case number's last byte is, which is 0 in requests. */
const CASE = 7;

/** Receives a packet and returns the name of the action. */
export function receive(r: Replica, io: Io): string {
  const packet = io.receive();
  if (packet === undefined) return 'idle';
  const { src, bytes } = packet;
  const from = r.constants.places.get(src);
  if (from === undefined && bytes[CASE] !== 0) {
    r.counters.uncalledFor++;
    return 'ignore';
  }
  const msg = parse(bytes, r.constants.parameters.compatible, (asked) => knownBatch(r, asked));
  if (msg === undefined) {
    r.counters.malformed++;
    return 'ignore';
  }
  if (msg.type === 'request') return hearRequest(r, io, src, msg);
  return from === undefined ? 'ignore' : hearReplica(r, io, src, from, msg);
}

/** The batch that others are likely to name for an operation. */
const knownBatch = ({ acceptor, proposer, learner }: Replica, operation: number) =>
  acceptor.votes.get(operation)?.batch
  ?? proposer.proposed.get(operation)
  ?? learner.tallies.get(operation)?.batch;

function hearReplica(r: Replica, io: Io, src: EndPoint, from: number, msg: Message): string {
  switch (msg.type) {
    case '1a':
      return hear1a(r, io, src, msg.ballot);
    case '1b':
      return collectPromise(r, src, msg);
    case '2a':
      return vote(r, io, msg);
    case '2b':
      return learn(r, from, msg);
    case 'heartbeat':
      return hearHeartbeat(r, io, from, msg);
    case 'startingPhase2':
      return requestState(r, io, msg);
    case 'appStateRequest':
      return supplyState(r, io, src, msg);
    case 'appStateSupply':
      return adoptState(r, msg);
    case 'voteRequest':
      return repeatVotes(r, io, src, msg.operation);
    default:
      return 'ignore';
  }
}

/** Hears how another replica is, and follows it into a later view. */
function hearHeartbeat(
  { election, proposer, acceptor }: Replica,
  io: Io,
  from: number,
  { view, suspicious, checkpoint }: Message & { type: 'heartbeat' },
): string {
  if (election.hearView(from, view, suspicious, io.readClock())) proposer.stepDown();
  acceptor.noteCheckpoint(from, checkpoint);
  return 'hearHeartbeat';
}
