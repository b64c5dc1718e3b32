/**
 * # Changes of a replicated service, by name
 */
import type { Message } from '../../../protocol/rsl/messages.ts';
import type { Replica } from '../../../protocol/rsl/replica.ts';
import type { Move } from '../walk.ts';
import { promisesOf } from './domains.ts';
import { meanOtherwise, tellOtherwise } from './jointMoves.ts';
import {
  attempt,
  beReady,
  castVote,
  castVotes,
  lead,
  makePromise,
  propose,
  quorumPromises,
  sayVote,
} from './paxosMoves.ts';
import {
  wasAskedFor,
  wasAttempted,
  wasPermitted,
  wasProposed,
  wasVotedFor,
} from './reasonMoves.ts';
import type { Change, Hand } from './scenes.ts';
import {
  ask,
  askReplica,
  beLikeAnother,
  beStuck,
  beSuspected,
  comeAsFar,
  countVotes,
  decideNext,
  executeNext,
  forget,
  sayHowFar,
  supply,
  writeDown,
} from './serviceMoves.ts';

const CHANGES: Readonly<Record<string, Change>> = {
  'cast a vote': castVote,
  'cast some votes': castVotes,
  'say a vote': sayVote,
  'make a promise': makePromise,
  'a quorum promises': quorumPromises,
  attempt,
  lead,
  'be ready': beReady,
  propose,
  'count votes': countVotes,
  'decide the next': decideNext,
  'execute the next': executeNext,
  'come as far': comeAsFar,
  'write down': writeDown,
  'supply state': supply,
  'say how far': sayHowFar,
  forget,
  ask,
  'ask a replica': askReplica,
  'was proposed': wasProposed,
  'was permitted': wasPermitted,
  'was attempted': wasAttempted,
  'was asked for': wasAskedFor,
  'was voted for': wasVotedFor,
  'mean otherwise': meanOtherwise,
  'be stuck': beStuck,
  'be suspected': beSuspected,
  'be like another': beLikeAnother,
};

/** Changes without which some actions would seldom have anything to do. */
const OFTEN: readonly Change[] = [countVotes, supply, beReady];

/** All of them, most of them as often as any other. */
export const rslMoves = (hand: Omit<Hand, 'random'>): readonly Move<Replica, Message>[] =>
  Object.entries({
    ...CHANGES,
    'tell otherwise': tellOtherwise(promisesOf(hand.atoms)),
  }).map(([name, change]) => ({
    name,
    weight: OFTEN.includes(change) ? 4 : 2,
    change: (scene, random) => change(scene, { ...hand, random }),
  }));
