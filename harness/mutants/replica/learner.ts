/** # Mutants of the running learner and executor: what is counted, decided, executed and answered. */
import { type NamedMutant, patch } from '../mutant.ts';
import { EXECUTOR, LEARNER, OF_USE, SENDS, STATE, unless } from './terms.ts';

const counting: readonly NamedMutant[] = [
  {
    name: 'keeps what it has counted in earlier ballots',
    clauses: [STATE],
    patches: [patch(LEARNER, '      this.tallies.clear();\n', '')],
  },
  {
    name: 'counts votes of ballots that are over',
    clauses: [unless('its ballot is not below one seen before')],
    patches: [patch(LEARNER, '    if (isBelow(ballot, this.maxBallotSeen)) return false;\n', '')],
  },
  {
    name: 'does not note the ballot that it counts votes of',
    clauses: [STATE],
    patches: [patch(LEARNER, '      this.maxBallotSeen = ballot;\n', '')],
  },
  {
    name: 'takes a vote that it has counted for a new one',
    clauses: [unless('the vote is not counted yet')],
    patches: [patch(LEARNER, '    if (tally.voters.has(from)) return false;\n', '')],
  },
  {
    name: 'takes the leader for the first voter',
    clauses: [STATE],
    patches: [patch(LEARNER, 'new Set([from])', 'new Set([ballot.proposer])')],
  },
  {
    name: 'keeps the batch of the latest vote',
    clauses: [STATE],
    patches: [
      patch(
        LEARNER,
        '    tally.voters.add(from);\n',
        '    tally.voters.add(from);\n    this.tallies.set(operation + 1, tally);\n',
      ),
    ],
  },
  {
    name: 'counts votes for what is decided',
    clauses: [unless('its operation is undecided')],
    patches: [patch(LEARNER, 'ahead < 0 || (ahead === 0 && decided !== undefined)', 'ahead < 0')],
  },
  {
    name: 'counts votes for what it has executed',
    clauses: [unless('its operation is undecided')],
    patches: [
      patch(
        LEARNER,
        'ahead < 0 || (ahead === 0 && decided !== undefined)',
        'ahead === 0 && decided !== undefined',
      ),
    ],
  },
  {
    name: 'counts votes one operation too far ahead',
    clauses: [unless('its operation is not too far ahead')],
    options: { compatible: false, settings: { window: 1 } },
    patches: [patch(LEARNER, 'ahead >= 2 * maxLogLength', 'ahead > 2 * maxLogLength')],
  },
  {
    name: 'counts no votes far ahead although the original does',
    clauses: [OF_USE],
    options: { compatible: true, settings: { window: 1 } },
    patches: [patch(LEARNER, '!compatible && ahead', 'ahead')],
  },
];

const deciding: readonly NamedMutant[] = [
  {
    name: 'decides before a quorum has voted',
    clauses: [unless('a quorum has voted for the operation')],
    patches: [patch(EXECUTOR, '>= constants.quorum', '>= constants.quorum - 1')],
  },
  {
    name: 'decides in the ballot of what it has executed',
    clauses: [STATE],
    patches: [patch(EXECUTOR, 'ballot: learner.maxBallotSeen }', 'ballot: e.maxBallotReflected }')],
  },
  {
    name: 'does not forget what it has decided',
    clauses: [STATE],
    patches: [patch(EXECUTOR, '  e.decided = undefined;\n', '')],
  },
  {
    name: 'keeps the count of what it has executed',
    clauses: [STATE],
    patches: [patch(EXECUTOR, '  r.learner.tallies.delete(operation);\n', '')],
  },
  {
    name: 'does not note in which ballot it has executed',
    clauses: [STATE],
    patches: [
      patch(
        EXECUTOR,
        '  if (isBelow(e.maxBallotReflected, ballot)) e.maxBallotReflected = ballot;\n',
        '',
      ),
    ],
  },
  {
    name: 'notes the last ballot in which it has executed, not the highest',
    clauses: [STATE],
    ground: 'arbitrary states',
    patches: [patch(EXECUTOR, 'if (isBelow(e.maxBallotReflected, ballot)) ', '')],
  },
];

const executing: readonly NamedMutant[] = [
  {
    name: 'executes the requests of a batch back to front',
    clauses: [SENDS, STATE],
    patches: [
      patch(
        EXECUTOR,
        'of requests) {\n    let latest',
        'of [...requests].reverse()) {\n    let latest',
      ),
    ],
  },
  {
    name: 'executes a client’s latest request again',
    clauses: [STATE, SENDS],
    patches: [patch(EXECUTOR, 'latest.seqno < seqno', 'latest.seqno <= seqno')],
  },
  {
    name: 'executes once what the original executes again',
    clauses: [SENDS, STATE],
    options: { compatible: true },
    patches: [
      patch(
        EXECUTOR,
        'if (compatible) executeAsOriginal',
        'if (compatible && false) executeAsOriginal',
      ),
      patch(EXECUTOR, 'ballot.proposer === constants.index', 'true'),
    ],
  },
  {
    name: 'answers though another replica has proposed',
    clauses: [SENDS],
    options: { compatible: false },
    patches: [patch(EXECUTOR, 'ballot.proposer === constants.index', 'true')],
  },
  {
    name: 'answers those who ask for something that is long settled',
    clauses: [SENDS],
    options: { compatible: false },
    patches: [patch(EXECUTOR, '!isToAnswer || latest.seqno !== seqno', '!isToAnswer')],
  },
  {
    name: 'answers all of a batch to its first client',
    clauses: [SENDS],
    options: { compatible: false },
    patches: [
      patch(
        EXECUTOR,
        'continue;\n    io.send(client, latest.message);',
        'continue;\n    io.send(requests[0]?.client ?? client, latest.message);',
      ),
    ],
  },
  {
    name: 'answers before it executes',
    clauses: [SENDS, STATE],
    options: { compatible: true },
    patches: [
      patch(
        EXECUTOR,
        'const latest = new RememberedReply(seqno, handle(r, client, request));',
        'const latest = new RememberedReply(seqno, r.executor.app.serialize());\n    handle(r, client, request);',
      ),
    ],
  },
  {
    name: 'does not let go of what is executed',
    clauses: [STATE],
    patches: [patch(EXECUTOR, '  r.election.noteExecuted(batch);\n', '')],
  },
  {
    name: 'goes on proposing what is executed',
    clauses: [STATE],
    options: { compatible: false },
    patches: [patch(EXECUTOR, '  r.proposer.noteExecuted(operation, batch);\n', '')],
  },
];

export const learner: readonly NamedMutant[] = [...counting, ...deciding, ...executing];
