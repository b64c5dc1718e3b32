/**
 * # What the implementation takes bytes for
 *
 * Its messages as those of the protocol. Every field is named, none is copied unseen, so that what
 * the implementation does not say is not taken from anywhere else.
 */

import type { ServiceClass } from '../../impl/apps/service.ts';
import type * as impl from '../../impl/rsl/messages.ts';
import { parse } from '../../impl/rsl/parse.ts';
import type { Ballot } from '../../protocol/rsl/ballot.ts';
import type { Batch, Message, Promise1b, Vote } from '../../protocol/rsl/messages.ts';
import type { Application, AppState } from '../../spec/apps/application.ts';
import { toBytes } from '../framework/byteStrings.ts';
import { INVALID } from './wire.ts';

/** What an implementation that runs a service takes bytes for. */
export const readerOf =
  (service: ServiceClass, application: Application, compatible: boolean) =>
  (bytes: Uint8Array): Message => {
    const msg = parse(bytes, compatible);
    return msg === undefined ? INVALID : abstractMessage(msg, service, application);
  };

function abstractMessage(
  msg: impl.Message,
  service: ServiceClass,
  application: Application,
): Message {
  switch (msg.type) {
    case 'request':
      return { type: 'request', seqno: msg.seqno, request: toBytes(msg.request) };
    case 'reply':
      return { type: 'reply', seqno: msg.seqno, reply: toBytes(msg.reply) };
    case '1a':
      return { type: '1a', ballot: abstractBallot(msg.ballot) };
    case '1b':
      return abstractPromise(msg);
    case '2a':
    case '2b': {
      const { type, operation } = msg;
      return {
        type,
        ballot: abstractBallot(msg.ballot),
        operation,
        batch: abstractBatch(msg.batch),
      };
    }
    case 'heartbeat': {
      const { suspicious, checkpoint } = msg;
      return { type: 'heartbeat', view: abstractBallot(msg.view), suspicious, checkpoint };
    }
    case 'startingPhase2': {
      const { logTruncationPoint } = msg;
      return { type: 'startingPhase2', ballot: abstractBallot(msg.ballot), logTruncationPoint };
    }
    case 'appStateRequest': {
      const { operation } = msg;
      return { type: 'appStateRequest', ballot: abstractBallot(msg.ballot), operation };
    }
    case 'appStateSupply':
      return abstractSupply(msg, service, application);
    case 'voteRequest':
      return { type: 'voteRequest', operation: msg.operation };
  }
}

const abstractBallot = ({ seqno, proposer }: impl.Ballot): Ballot => ({ seqno, proposer });

const abstractBatch = ({ requests }: impl.Batch): Batch =>
  requests.map(({ client, seqno, request }) => ({ client, seqno, request: toBytes(request) }));

function abstractPromise({ ballot, logTruncationPoint, votes }: impl.Promise1b): Promise1b {
  const abstracted = new Map<number, Vote>();
  for (const [operation, vote] of votes) {
    abstracted.set(operation, {
      ballot: abstractBallot(vote.ballot),
      batch: abstractBatch(vote.batch),
    });
  }
  return { type: '1b', ballot: abstractBallot(ballot), logTruncationPoint, votes: abstracted };
}

/** A supply of what is no state of the service says nothing, for its receiver ignores it. */
function abstractSupply(
  { ballot, operation, app, replyCache }: impl.Message & { readonly type: 'appStateSupply' },
  service: ServiceClass,
  application: Application,
): Message {
  const state = abstractState(app, service, application);
  if (state === undefined) return INVALID;
  return {
    type: 'appStateSupply',
    ballot: abstractBallot(ballot),
    operation,
    app: state,
    replyCache: replyCache?.map(([client, { seqno, reply }]) => [
      client,
      { seqno, reply: toBytes(reply) },
    ]),
  };
}

/** The state that a service is in once it is restored from these bytes, if it can be. */
function abstractState(
  bytes: Uint8Array,
  service: ServiceClass,
  application: Application,
): AppState | undefined {
  try {
    return application.deserialize(toBytes(service.deserialize(bytes).serialize()));
  } catch {
    return undefined;
  }
}
