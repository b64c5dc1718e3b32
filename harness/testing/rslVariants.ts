/**
 * # Right and wrong protocols of a replicated service
 *
 * Protocols with one mistake each, to see whether the laws find it: in a guard, in what a step
 * leaves, in what it sends, or in what a restart keeps.
 */
import type { Action, LocalInput, PacketInput, Step } from '../../protocol/framework/action.ts';
import { truncateLog } from '../../protocol/rsl/acceptor.ts';
import { compareBallots, higherOf, NO_BALLOT } from '../../protocol/rsl/ballot.ts';
import type { Batch, Message, Vote } from '../../protocol/rsl/messages.ts';
import type { Replica } from '../../protocol/rsl/replica.ts';
import { clause, type Verdict } from '../../spec/framework/verdict.ts';
import type { RslProtocol } from './rslBehaviours.ts';

type RslAction = Action<Replica, Message>;
type RslStep = Step<Replica, Message>;

export type Change = (protocol: RslProtocol) => RslProtocol;

/** The protocol in which some actions are others. */
const changed =
  (change: (action: RslAction) => RslAction): Change =>
  (protocol) => ({ ...protocol, actions: protocol.actions.map(change) });

/** The action with another step, which may take the right one. */
function withStep(
  action: RslAction,
  change: (r: Replica, step: (r: Replica) => RslStep) => RslStep,
): RslAction {
  if (action.takes === 'nothing') {
    const step = (r: Replica, input: LocalInput) => change(r, (other) => action.step(other, input));
    return { ...action, step };
  }
  const step = (r: Replica, input: PacketInput<Message>) =>
    change(r, (other) => action.step(other, input));
  return { ...action, step };
}

const only = (name: string, change: (action: RslAction) => RslAction): Change =>
  changed((action) => (action.name === name ? change(action) : action));

const without =
  (name: string): Change =>
  (protocol) => ({
    ...protocol,
    actions: protocol.actions.filter((action) => action.name !== name),
  });

const join =
  (...changes: readonly Change[]): Change =>
  (protocol) =>
    changes.reduce((changing, change) => change(changing), protocol);

/** The action is taken whenever this holds of the replica and the message that it receives. */
const allows = (name: string, holds: (r: Replica, msg: Message | undefined) => boolean): Change =>
  only(name, (action) => {
    const judge = (r: Replica, msg: Message | undefined): Verdict =>
      clause('the action is taken', holds(r, msg));
    return action.takes === 'nothing'
      ? { ...action, guard: (r: Replica) => judge(r, undefined) }
      : {
          ...action,
          guard: (r: Replica, { packet }: PacketInput<Message>) => judge(r, packet.msg),
        };
  });

/** The step leaves the replica in another state. */
const leaves = (name: string, change: (after: Replica, before: Replica) => Replica): Change =>
  only(name, (action) =>
    withStep(action, (r, step) => {
      const { state, sends } = step(r);
      return { state: change(state, r), sends };
    }),
  );

/** The step sends other messages. */
const says = (name: string, change: (msg: Message, before: Replica) => Message): Change =>
  only(name, (action) =>
    withStep(action, (r, step) => {
      const { state, sends } = step(r);
      return { state, sends: sends.map((packet) => ({ ...packet, msg: change(packet.msg, r) })) };
    }),
  );

/** A restart keeps other things. */
const whenRestarted =
  (change: (after: Replica, before: Replica) => Replica): Change =>
  (protocol) => {
    const { restart } = protocol;
    if (restart === undefined) return protocol;
    return { ...protocol, restart: (r) => change(restart(r), r) };
  };

const INVENTED: Batch = [{ client: 'client9', seqno: 9, request: 'x' }];

/** The vote of the lowest ballot that a promise tells of, for the next operation. */
function lowestVote({ proposer: { received1bs, nextOperation } }: Replica): Vote | undefined {
  const votes = [...received1bs.values()].flatMap(({ votes }) => votes.get(nextOperation) ?? []);
  return votes.sort((a, b) => compareBallots(a.ballot, b.ballot))[0];
}

/** Proposes in every way what `value` says, if it says anything, and remembers it. */
const proposes = (value: (r: Replica) => Batch | undefined): Change =>
  changed((action) =>
    ['proposeVoted', 'proposeBatch', 'fillGap'].includes(action.name)
      ? withStep(action, (r, step) => {
          const { state, sends } = step(r);
          const batch = value(r);
          if (batch === undefined) return { state, sends };
          const proposed = new Map(state.proposer.proposed);
          proposed.set(r.proposer.nextOperation, batch);
          return {
            state: { ...state, proposer: { ...state.proposer, proposed } },
            sends: sends.map((packet) => ({ ...packet, msg: { ...packet.msg, batch } as Message })),
          };
        })
      : action,
  );

/** Protocols that do what they should, if not always all that they could. */
export const RIGHT: readonly (readonly [what: string, Change])[] = [
  ['is as it should be', (protocol) => protocol],
  ['never repeats a promise', without('repeatPromise')],
  ['never forgets a vote', without('truncateLog')],
];

/** Protocols with a mistake, and the law that finds it first. */
export const WRONG: readonly (readonly [what: string, law: string, Change])[] = [
  ['promises what is below its promise', 'R28', allows('promise', (_, msg) => msg?.type === '1a')],
  [
    'forgets what it promised',
    'R9',
    leaves('promise', (after, { acceptor: { maxBallot } }) => ({
      ...after,
      acceptor: { ...after.acceptor, maxBallot },
    })),
  ],
  [
    'tells of no votes when it promises',
    'R9',
    says('promise', (msg) => (msg.type === '1b' ? { ...msg, votes: new Map() } : msg)),
  ],
  [
    'promises where it has voted',
    'R11',
    allows(
      'repeatPromise',
      ({ acceptor }, msg) =>
        msg?.type === '1a' && compareBallots(msg.ballot, acceptor.maxBallot) === 0,
    ),
  ],
  ['votes below its promise', 'R28', allows('vote', (_, msg) => msg?.type === '2a')],
  [
    'votes below its promise and keeps it',
    'R9',
    join(
      allows('vote', (_, msg) => msg?.type === '2a'),
      leaves('vote', (after, { acceptor }) => ({
        ...after,
        acceptor: {
          ...after.acceptor,
          maxBallot: higherOf(acceptor.maxBallot, after.acceptor.maxBallot),
        },
      })),
    ),
  ],
  [
    'keeps no votes',
    'R8',
    leaves('vote', (after, { acceptor: { votes } }) => ({
      ...after,
      acceptor: { ...after.acceptor, votes },
    })),
  ],
  [
    'forgets what only one replica has executed',
    'R15',
    leaves('truncateLog', (after, { acceptor: { lastCheckpointed } }) => ({
      ...after,
      acceptor: truncateLog(after.acceptor, Math.max(...lastCheckpointed)),
    })),
  ],
  ['proposes nothing where there are votes', 'R5', proposes((r) => lowestVote(r) && [])],
  ['proposes what nobody asked for', 'R27', proposes((r) => lowestVote(r)?.batch ?? INVENTED)],
  [
    'counts a vote for each replica',
    'R23',
    leaves('learn', (after) => ({
      ...after,
      learner: {
        ...after.learner,
        tallies: new Map(
          [...after.learner.tallies].map(([operation, { batch }]) => [
            operation,
            { batch, voters: new Set(after.constants.replicas.keys()) },
          ]),
        ),
      },
    })),
  ],
  [
    'decides what anyone has voted for',
    'R24',
    allows(
      'decide',
      ({ executor, learner }) =>
        executor.decided === undefined && learner.tallies.has(executor.operationsComplete),
    ),
  ],
  [
    'executes everything again',
    'R22',
    leaves('execute', (after, before) => ({
      ...after,
      executor: {
        ...after.executor,
        app: (after.executor.app as bigint) + BigInt(before.executor.replyCache.size),
      },
    })),
  ],
  [
    'answers under another number',
    'what a server replies was executed',
    says('execute', (msg) => (msg.type === 'reply' ? { ...msg, seqno: msg.seqno + 1 } : msg)),
  ],
  [
    'takes over a state and keeps its own replies',
    'R22',
    leaves('adoptState', (after, { executor: { replyCache } }) => ({
      ...after,
      executor: { ...after.executor, replyCache },
    })),
  ],
  [
    'says how far it is before it is sure',
    'R17',
    says('sendHeartbeat', (msg, { executor: { operationsComplete: checkpoint } }) =>
      msg.type === 'heartbeat' ? { ...msg, checkpoint: checkpoint + 1 } : msg,
    ),
  ],
  [
    'forgets its promise when it stops',
    'R8',
    whenRestarted((after) => ({
      ...after,
      acceptor: { ...after.acceptor, maxBallot: NO_BALLOT },
    })),
  ],
  [
    'leads a ballot again when it starts again',
    'R4',
    whenRestarted((after, { proposer: { maxBallotSent1a, phase, received1bs } }) => ({
      ...after,
      proposer: { ...after.proposer, maxBallotSent1a, phase, received1bs },
    })),
  ],
];
