/**
 * # Mutants that count beyond the greatest integer there is
 *
 * Each lacks one of the guards and bounds that keep a counter, a timer or a list within it. Behaviours
 * are drawn with so small a greatest integer that all of them are met.
 */
import type { RslSettings } from '../rsl/settings.ts';
import { type Patch, patch, type ServiceMutant } from './mutant.ts';

const ELECTION = 'protocol/rsl/election.ts';
const PROPOSING = 'protocol/rsl/proposing.ts';
const REPLICA = 'protocol/rsl/replica.ts';
const RETRY = 'protocol/rsl/retry.ts';

const beyond = (name: string, found: Patch, settings: RslSettings = {}): ServiceMutant => ({
  name: `counts beyond the greatest integer: ${name}`,
  refusedBy: 'B3',
  clauses: ['R30'],
  options: { settings: { maxInteger: 3, ...settings } },
  patches: [found],
});

export const counting: readonly ServiceMutant[] = [
  beyond('views', patch(ELECTION, 'e.view.seqno < constants.parameters.maxInteger', 'true'), {
    viewTimeout: 5,
  }),
  beyond(
    'the view after a restart',
    patch(REPLICA, ' && view.seqno < constants.parameters.maxInteger', ''),
    { viewTimeout: 5, durable: true },
  ),
  beyond(
    'operations',
    patch(
      PROPOSING,
      `boundedSum(
        acceptor.logTruncationPoint,
        constants.parameters.maxLogLength,
        constants.parameters,
      )`,
      'acceptor.logTruncationPoint + constants.parameters.maxLogLength',
    ),
    { window: 5 },
  ),
  beyond(
    'when a batch is due',
    patch(
      PROPOSING,
      'const batchDeadline = boundedSum(now, parameters.maxBatchDelay, parameters);',
      'const batchDeadline = now + parameters.maxBatchDelay;',
    ),
    { maxInteger: 30, batch: 16 },
  ),
  beyond(
    'when the rest of a batch is due',
    patch(
      PROPOSING,
      'boundedSum(now, parameters.maxBatchDelay, parameters) : undefined',
      'now + parameters.maxBatchDelay : undefined',
    ),
    { maxInteger: 30, batch: 1, clients: 6 },
  ),
  beyond(
    'heartbeats',
    patch(
      REPLICA,
      'boundedSum(now, parameters.heartbeatPeriod, parameters)',
      'now + parameters.heartbeatPeriod',
    ),
  ),
  beyond(
    'looks at progress',
    patch(
      RETRY,
      'const time = boundedSum(now, parameters.retryPeriod, parameters);',
      'const time = now + parameters.retryPeriod;',
    ),
  ),
  beyond(
    'tries',
    patch(
      RETRY,
      'boundedSum(now, r.constants.parameters.retryPeriod, r.constants.parameters)',
      'now + r.constants.parameters.retryPeriod',
    ),
    { maxInteger: 60 },
  ),
  beyond(
    'the length of epochs',
    patch(
      ELECTION,
      'boundedSum(e.epochLength, e.epochLength, constants.parameters)',
      'e.epochLength + e.epochLength',
    ),
    { viewTimeout: 5 },
  ),
  beyond(
    'the end of a view’s first epoch',
    patch(ELECTION, 'boundedSum(now, epochLength, constants.parameters)', 'now + epochLength'),
    { viewTimeout: 5 },
  ),
  beyond(
    'the end of an epoch',
    patch(
      ELECTION,
      'boundedSum(now, baselineViewTimeout, r.constants.parameters)',
      'now + baselineViewTimeout',
    ),
  ),
  beyond(
    'the end of an epoch in which somebody waits',
    patch(
      ELECTION,
      'boundedSum(now, r.election.epochLength, r.constants.parameters)',
      'now + r.election.epochLength',
    ),
    { viewTimeout: 5 },
  ),
  beyond(
    'requests of this epoch',
    patch(
      ELECTION,
      'bounded([...e.receivedThisEpoch, request], parameters)',
      '[...e.receivedThisEpoch, request]',
    ),
    { clients: 6 },
  ),
  beyond(
    'requests of earlier epochs',
    patch(
      ELECTION,
      'bounded([...e.receivedEarlier, ...e.receivedThisEpoch], parameters)',
      '[...e.receivedEarlier, ...e.receivedThisEpoch]',
    ),
    { clients: 6, viewTimeout: 5 },
  ),
];
