/** # `ironfleet replay`: a refused behaviour, told step by step. */
import { ZodError } from 'zod';
import { firstIssue } from '../../impl/framework/firstIssue.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import type { Behaviours, Outcome } from '../campaign/behaviour.ts';
import { type Failure, readFailureFile } from '../campaign/failure.ts';
import { headline, tell } from '../campaign/report.ts';
import { serviceNamed } from '../campaign/services.ts';
import { UnreadableError } from '../simulation/plain.ts';

/** Steps of a long behaviour that are told: the last so many. */
const TOLD = 60;

export function replayCommand(
  path: string,
  options: { readonly full?: boolean; readonly json?: boolean },
): number {
  const failure = readFailureFile(path);
  const { text, outcome } = retell(failure, options.full);
  const refusal = outcome.refusal;
  if (options.json) {
    const { boundary, clause, message } = refusal ?? {};
    const verdict = refusal === undefined ? 'allowed' : 'refused';
    const { story } = outcome;
    process.stdout.write(`${JSON.stringify({ verdict, boundary, clause, message, story })}\n`);
  } else {
    process.stdout.write(`${text}\n`);
  }
  return refusal === undefined ? 0 : 1;
}

/** A failure's behaviour in words, and how it ends today. */
export function retell(
  failure: Failure,
  full = false,
): { readonly text: string; readonly outcome: Outcome } {
  const { plan, schedule } = failure;
  const behaviours = behavioursOf(failure);
  const keep = { story: true } as const;
  const outcome =
    schedule === undefined || full
      ? behaviours.run(plan, keep)
      : readable(() => behaviours.replay(schedule, keep));
  const { story, refusal } = outcome;
  const skipped = Math.max(0, story.length - TOLD);
  const text = [
    headline(failure),
    '',
    ...(skipped > 0 ? [`  … ${skipped} steps …`] : []),
    tell(story, skipped),
    '',
    refusal?.message ?? 'Every step is allowed now.',
  ].join('\n');
  return { text, outcome };
}

/** A schedule may say what nobody can. */
function readable<T>(replay: () => T): T {
  try {
    return replay();
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new UsageError(`in the failure file's schedule, ${error.message}`);
  }
}

function behavioursOf({ service, level, config }: Failure): Behaviours {
  try {
    return serviceNamed(service, level).behaviours(config);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`in the failure file, ${error.message}`);
    if (!(error instanceof ZodError)) throw error;
    const issue = firstIssue(error);
    throw new UsageError(`the failure file has no configuration of ${service}: ${issue}`);
  }
}
