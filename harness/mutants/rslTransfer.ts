/**
 * # Mutants of state transfer and of restarts in the replicated service
 *
 * What a replica takes over from another, and what it takes up again from before its crash.
 */
import { patch, type ServiceMutant } from './mutant.ts';
import { DURABLE, PROGRESS } from './rslTerms.ts';

const ACCEPTOR = 'protocol/rsl/acceptor.ts';
const EXECUTOR = 'protocol/rsl/executor.ts';
const PROPOSER = 'protocol/rsl/proposer.ts';
const TRANSFER = 'protocol/rsl/stateTransfer.ts';

const transfers: readonly ServiceMutant[] = [
  {
    name: 'adopts a state and keeps its own decision',
    refusedBy: 'B3',
    clauses: ['R22', 'R24'],
    patches: [patch(TRANSFER, 'decided: undefined', 'decided: r.executor.decided')],
  },
  {
    name: 'adopts a state and keeps its own replies',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(TRANSFER, 'compatible || replyCache === undefined ?', 'replyCache ?')],
  },
  {
    name: 'adopts a state and keeps its own ballot',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(TRANSFER, 'Reflected: ballot', 'Reflected: r.executor.maxBallotReflected')],
  },
  {
    name: 'adopts a state that is behind its own',
    refusedBy: 'B3',
    clauses: ['R28'],
    patches: [patch(TRANSFER, 'operation > executor.operationsComplete)', 'true)')],
  },
  {
    name: 'adopts a state from whoever sends one',
    refusedBy: 'B3',
    clauses: ['R20', 'R22'],
    patches: [
      patch(TRANSFER, 'import { fromReplica }', 'import { fromAnyone, fromReplica }'),
      patch(TRANSFER, "fromReplica('appStateSupply'", "fromAnyone('appStateSupply'"),
    ],
  },
  {
    name: 'adopts a state as if it were one operation further',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [
      patch(TRANSFER, 'operationsComplete: operation,', 'operationsComplete: operation + 1,'),
    ],
  },
  {
    name: 'supplies its state as if it were one operation further',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [
      patch(TRANSFER, 'operation: operationsComplete,', 'operation: operationsComplete + 1,'),
    ],
  },
  {
    name: 'supplies its state under the ballot in which it was asked',
    refusedBy: 'B3',
    clauses: ['R20'],
    patches: [
      patch(TRANSFER, 'step: (r, _, src) => {', 'step: (r, { ballot: asked }, src) => {'),
      patch(TRANSFER, 'ballot: maxBallotReflected,', 'ballot: asked,'),
    ],
  },
  {
    name: 'supplies its state without its replies',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [patch(TRANSFER, '[...replyCache],', '[],')],
  },
];

const restarts: readonly ServiceMutant[] = [
  {
    name: 'restart: an acceptor forgets its promise',
    refusedBy: 'B3',
    clauses: ['R8', 'R9', 'R13'],
    patches: [patch(ACCEPTOR, '  ...a,\n  last', '  ...a,\n  maxBallot: NO_BALLOT,\n  last')],
  },
  {
    name: 'restart: an acceptor forgets its votes',
    refusedBy: 'B3',
    clauses: ['R8', 'R9'],
    patches: [patch(ACCEPTOR, '  ...a,\n  last', '  ...a,\n  votes: new Map(),\n  last')],
  },
  {
    name: 'restart: an acceptor forgets where its log was truncated',
    refusedBy: 'B3',
    clauses: ['R8', 'R9', 'R14'],
    patches: [patch(ACCEPTOR, '  ...a,\n  last', '  ...a,\n  logTruncationPoint: 0,\n  last')],
  },
  {
    name: 'restart: a proposer forgets which ballots it has led',
    refusedBy: 'B3',
    clauses: ['R4', 'R18', 'R19', 'R20'],
    patches: [patch(PROPOSER, '  maxBallotSent1a: p.maxBallotSent1a,\n', '')],
  },
  {
    name: 'restart: a proposer goes on with its ballot from the first operation',
    refusedBy: 'B3',
    clauses: ['R4'],
    options: DURABLE,
    patches: [
      patch(
        PROPOSER,
        '  maxBallotSent1a: p.maxBallotSent1a,\n',
        `  maxBallotSent1a: p.maxBallotSent1a,
  phase: p.phase,
  received1bs: p.received1bs,
`,
      ),
    ],
  },
  {
    name: 'restart: an executor executes the last operation of its checkpoint again',
    refusedBy: 'B3',
    clauses: ['R15', 'R17', 'R22'],
    patches: [
      patch(
        EXECUTOR,
        '  ...(e.checkpoint ?? progressOf(e)),',
        `  ...(e.checkpoint ?? progressOf(e)),
  operationsComplete: Math.max(0, e.checkpoint.operationsComplete - 1),`,
      ),
    ],
  },
  {
    name: 'restart: an executor forgets what it executed last, but not that it did',
    refusedBy: 'B3',
    clauses: ['R22'],
    options: DURABLE,
    patches: [
      patch(
        EXECUTOR,
        '  ...(e.checkpoint ?? progressOf(e)),',
        '  ...(e.checkpoint ?? progressOf(e)),\n  operationsComplete: e.operationsComplete,',
      ),
    ],
  },
  {
    name: 'restart: an executor goes on with the decision that it had',
    refusedBy: 'B3',
    clauses: ['R22', 'R24'],
    options: { hosts: 3, ...DURABLE },
    patches: [
      patch(
        EXECUTOR,
        '  ...(e.checkpoint ?? progressOf(e)),\n  decided: undefined,',
        '  ...(e.checkpoint ?? progressOf(e)),\n  decided: e.decided,',
      ),
    ],
  },
];

const checkpoints: readonly ServiceMutant[] = [
  {
    name: 'says how far it is before a crash cannot undo it',
    refusedBy: 'B3',
    clauses: ['R17'],
    patches: [
      patch(
        EXECUTOR,
        'checkpoint?.operationsComplete ?? operationsComplete;',
        'operationsComplete;',
      ),
    ],
  },
  {
    name: 'says that it is one operation further',
    refusedBy: 'B3',
    clauses: ['R17'],
    patches: [
      patch(
        EXECUTOR,
        'checkpoint?.operationsComplete ?? operationsComplete;',
        '(checkpoint?.operationsComplete ?? operationsComplete) + 1;',
      ),
    ],
  },
  {
    name: 'writes down its state with the replies of the checkpoint before',
    refusedBy: 'B3',
    clauses: ['R22'],
    patches: [
      patch(EXECUTOR, 'replyCache: e.replyCache,', 'replyCache: (e.checkpoint ?? e).replyCache,'),
    ],
  },
  {
    name: 'never takes a checkpoint',
    refusedBy: 'liveness',
    clauses: PROGRESS,
    patches: [patch(EXECUTOR, "is durable', e.checkpoint !== undefined", "is durable', false")],
  },
];

export const transfer: readonly ServiceMutant[] = [...transfers, ...restarts, ...checkpoints];
