/**
 * # Replicated services that are wrong
 *
 * Each has one rule of Paxos wrong, or of what makes a service of it. In most behaviours that does
 * not show for long; here a step from a scene that is drawn must show it.
 */
import { NO_BALLOT } from '../../../protocol/rsl/ballot.ts';
import { after, mutant, type RslMutant, restarting, saying, unless } from './wrong.ts';

export const RSL_MUTANTS: readonly RslMutant[] = [
  mutant('votes below its promise', 'vote', {
    guard: unless('its ballot is not below the promise'),
  }),
  mutant('does not raise its promise at a 1a', 'promise', {
    step: after((state, before) => ({
      acceptor: { ...state.acceptor, maxBallot: before.acceptor.maxBallot },
    })),
  }),
  mutant('does not raise its promise at a 2a', 'vote', {
    step: after((state, before) => ({
      acceptor: { ...state.acceptor, maxBallot: before.acceptor.maxBallot },
    })),
  }),
  mutant('promises a lower ballot', 'promise', {
    guard: unless('its ballot is above the promise'),
  }),
  mutant('tells of no votes when it promises', 'promise', {
    step: saying((msg) => (msg.type === '1b' ? { ...msg, votes: new Map() } : msg)),
  }),
  mutant(
    'repeats a promise after it has voted',
    'repeatPromise',
    {
      guard: unless('there is no vote in it yet'),
    },
    'ours',
  ),
  mutant('proposes without a quorum', 'proposeBatch', { guard: unless('a quorum has promised') }),
  mutant('keeps promises of any ballot', 'collectPromise', {
    guard: unless('it promises the ballot that was asked for'),
  }),
  mutant('keeps the promise of anybody', 'collectPromise', {
    guard: unless('it comes from a replica'),
  }),
  mutant('does not truncate with whoever promises', 'collectPromise', {
    step: after((_, before) => ({ acceptor: before.acceptor })),
  }),
  mutant('proposes what a promise is silent about', 'proposeBatch', {
    guard: unless('no promise is silent about the operation'),
  }),
  mutant('proposes beyond the window', 'proposeBatch', {
    guard: unless('the operation is in the window'),
  }),
  mutant('proposes what clients ask for where there is a vote', 'proposeBatch', {
    guard: unless('no promise tells of a vote for it'),
  }),
  mutant('proposes an operation twice', 'proposeBatch', {
    step: after((state, before) => ({
      proposer: { ...state.proposer, nextOperation: before.proposer.nextOperation },
    })),
  }),
  mutant('attempts a ballot twice', 'startPhase1', {
    guard: unless('it has not attempted it yet'),
  }),
  mutant('attempts a ballot of another', 'startPhase1', {
    guard: unless('the view is this replica’s'),
  }),
  mutant('counts votes of lower ballots', 'learn', {
    guard: unless('its ballot is not below one seen before'),
  }),
  mutant('mixes votes of different ballots', 'learn', {
    step: (r, _, original) => {
      const { state, sends } = original();
      const tallies = new Map([...r.learner.tallies, ...state.learner.tallies]);
      return { state: { ...state, learner: { ...state.learner, tallies } }, sends };
    },
  }),
  mutant('counts the votes of anybody', 'learn', { guard: unless('it comes from a replica') }),
  mutant('decides without a quorum', 'decide', {
    guard: (r, _, original) =>
      original?.failed === 'a quorum has voted for the operation'
      && r.learner.tallies.has(r.executor.operationsComplete)
        ? undefined
        : original,
  }),
  mutant('executes a batch in the reverse order', 'execute', {
    step: (r, _, original) => {
      const { decided } = r.executor;
      if (decided === undefined) return original();
      const reversed = { ...decided, batch: decided.batch.toReversed() };
      return original({ ...r, executor: { ...r.executor, decided: reversed } });
    },
  }),
  mutant('does not say which ballots it reflects', 'execute', {
    step: after((state, before) => ({
      executor: { ...state.executor, maxBallotReflected: before.executor.maxBallotReflected },
    })),
  }),
  mutant('reflects the last ballot that it has executed, not the highest', 'execute', {
    step: after((state, before) => {
      const { ballot = NO_BALLOT } = before.executor.decided ?? {};
      return { executor: { ...state.executor, maxBallotReflected: ballot } };
    }),
  }),
  mutant(
    'remembers what it has queued when it is executed',
    'execute',
    {
      step: after((state, before) => ({
        proposer: { ...state.proposer, highestRequested: before.proposer.highestRequested },
      })),
    },
    'ours',
  ),
  mutant(
    'remembers what it has queued when a state settles it',
    'adoptState',
    {
      step: after((state, before) => ({
        proposer: { ...state.proposer, highestRequested: before.proposer.highestRequested },
      })),
    },
    'ours',
  ),
  mutant('counts views beyond the greatest integer', 'changeView', {
    guard: unless('there is a next view'),
  }),
  mutant('keeps a stale decision when it takes over a state', 'adoptState', {
    step: after((state, before) => ({
      executor: { ...state.executor, decided: before.executor.decided },
    })),
  }),
  mutant(
    'takes over a state without its replies',
    'adoptState',
    {
      step: after((state, before) => ({
        executor: { ...state.executor, replyCache: before.executor.replyCache },
      })),
    },
    'ours',
  ),
  mutant('takes over the state of anybody', 'adoptState', {
    guard: unless('it comes from a replica'),
  }),
  mutant('takes over a state that is behind', 'adoptState', {
    guard: unless('it is ahead of this replica’s own'),
  }),
  mutant('truncates by the highest checkpoint', 'truncateLog', {
    guard: (r) => {
      const highest = Math.max(...r.acceptor.lastCheckpointed);
      return highest > r.acceptor.logTruncationPoint ? undefined : { failed: 'no' };
    },
    step: (r) => {
      const from = Math.max(...r.acceptor.lastCheckpointed);
      const votes = new Map([...r.acceptor.votes].filter(([operation]) => operation >= from));
      const acceptor = { ...r.acceptor, votes, logTruncationPoint: from };
      return { state: { ...r, acceptor }, sends: [] };
    },
  }),
  mutant('loses a vote too many at truncation', 'truncateLog', {
    step: after(({ acceptor }) => ({
      acceptor: {
        ...acceptor,
        votes: new Map(
          [...acceptor.votes].filter(([operation]) => operation > acceptor.logTruncationPoint),
        ),
      },
    })),
  }),
  mutant(
    'says that it has come further than its checkpoint',
    'sendHeartbeat',
    {
      step: saying((msg, r) =>
        msg.type === 'heartbeat' ? { ...msg, checkpoint: r.executor.operationsComplete } : msg,
      ),
    },
    'durable',
  ),
  mutant(
    'repeats what it proposed in another ballot',
    'startPhase1',
    {
      step: after((state, before) => ({
        proposer: { ...state.proposer, proposed: before.proposer.proposed },
      })),
    },
    'ours',
  ),
  mutant('takes a checkpoint for everybody’s', 'hearHeartbeat', {
    step: (_, { packet: { msg } }, original) => {
      const { state, sends } = original();
      if (msg.type !== 'heartbeat') return { state, sends };
      const lastCheckpointed = state.acceptor.lastCheckpointed.map((known) =>
        Math.max(known, msg.checkpoint),
      );
      const acceptor = { ...state.acceptor, lastCheckpointed };
      return { state: { ...state, acceptor }, sends };
    },
  }),
  restarting('forgets its promise when it restarts', ({ acceptor }) => ({
    acceptor: { ...acceptor, maxBallot: NO_BALLOT },
  })),
  restarting('forgets its votes when it restarts', ({ acceptor }) => ({
    acceptor: { ...acceptor, votes: new Map() },
  })),
  restarting(
    'forgets which ballots it has attempted when it restarts',
    ({ proposer, constants }) => ({
      proposer: { ...proposer, maxBallotSent1a: { seqno: 0, proposer: constants.index } },
    }),
  ),
];
