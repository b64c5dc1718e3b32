/** # `ironfleet explore lock` */
import { type Exploration, explore } from '../explorer/breadthFirst.ts';
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
import { aloud } from './exploreProgress.ts';

/** The check of liveness keeps every state, and more of them than this are too many. */
const MAX_LIVENESS_STATES = 100_000;

type Found = Exploration<LockState, LockTransition>;

/** Gives the exit code. */
export function exploreLock(options: ExploreCommandOptions): number {
  const { hosts = 3, epochs = 20, compatible = false, json = false } = options;
  const instance = { hosts, epochs, compatible };
  const model = lockModel(instance);
  const found = aloud(options, (bounds) => explore(lockModel(instance), bounds));
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
