/** # `ironfleet explore`: what it does once its options are known. */
import { UsageError } from '../../impl/framework/usageError.ts';
import type { Exploration, Progress } from '../explorer/breadthFirst.ts';
import { explore } from '../explorer/breadthFirst.ts';
import { checkLiveness, type LivenessResult } from '../explorer/liveness.ts';
import {
  type LockInstance,
  type LockState,
  type LockTransition,
  lockGoesAround,
  lockModel,
} from '../explorer/lock.ts';
import { livenessReport, report, reportJson } from '../explorer/report.ts';
import type { ExploreCommandOptions } from './explore.ts';

/** The check of liveness keeps every state, and more of them than this are too many. */
const MAX_LIVENESS_STATES = 100_000;

type Found = Exploration<LockState, LockTransition>;

/** Gives the exit code. */
export function exploreCommand(service: string, options: ExploreCommandOptions): number {
  if (service !== 'lock') {
    throw new UsageError(`cannot explore "${service}"; what can be explored is: lock`);
  }
  const { hosts, epochs, compatible = false, json = false } = options;
  const instance = { hosts, epochs, compatible };
  const model = lockModel(instance);
  const found = exploreAloud(instance, options);
  const reason = options.liveness ? whyNotLiveness(found) : 'it was not asked for';
  const liveness = reason === undefined ? checkLockGoesAround(instance, options) : undefined;
  if (json) {
    const told = reportJson(model, found, liveness);
    const result = { instance, ...told, liveness: told.liveness ?? { holds: null, reason } };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    const live = liveness
      ? livenessReport(model, liveness)
      : `Liveness: not checked, for ${reason}.`;
    process.stdout.write(`${report(model, found)}\n${live}\n`);
  }
  return found.counterexample !== undefined || liveness?.holds === false ? 1 : 0;
}

/** Why it is not checked whether the lock goes around, if it is not. */
function whyNotLiveness({ complete, counterexample, distinctStates }: Found): string | undefined {
  if (counterexample !== undefined) return 'what was found is reason enough to refuse';
  if (!complete) return 'not all states are known';
  if (distinctStates <= MAX_LIVENESS_STATES) return undefined;
  const bound = MAX_LIVENESS_STATES.toLocaleString('en-US');
  return `more than ${bound} states are too many to keep; try fewer hosts or epochs`;
}

const checkLockGoesAround = (
  instance: LockInstance,
  { maxSeconds }: ExploreCommandOptions,
): LivenessResult<LockState, LockTransition> => {
  const model = lockModel(instance, { separate: true });
  const limit = maxSeconds === undefined ? {} : { maxSeconds };
  return checkLiveness(model, lockGoesAround(instance, model), limit);
};

function exploreAloud(instance: LockInstance, options: ExploreCommandOptions): Found {
  const { maxStates, maxSeconds, json = false } = options;
  const terminal = process.stderr.isTTY === true;
  try {
    return explore(lockModel(instance), {
      maxStates,
      ...(maxSeconds !== undefined && { maxSeconds }),
      progressEvery: terminal ? 0.5 : 5,
      ...(!json && { onProgress: terminal ? redraw : print }),
    });
  } finally {
    if (terminal && !json) process.stderr.write(CLEAR_LINE);
  }
}

const CLEAR_LINE = '\r\u001b[2K';

/**
 * The search never waits, so a progress bar's timer would never fire, and its handler of interrupts would keep
 * an interrupt from ending the search. So its progress is plain text.
 */
const redraw = (progress: Progress): void => {
  process.stderr.write(`${CLEAR_LINE}${told(progress)}`);
};
const print = (progress: Progress): void => {
  process.stderr.write(`${told(progress)}\n`);
};

const told = ({ distinctStates, depth, waiting, seconds }: Progress): string =>
  [
    `${distinctStates.toLocaleString('en-US')} distinct states`,
    `depth ${depth}, ${waiting.toLocaleString('en-US')} waiting there`,
    `${Math.round(distinctStates / seconds).toLocaleString('en-US')} states/s`,
  ].join(' | ');
