import { z } from 'zod';

/**
 * What is wrong with data of the wrong shape, in one line: where, and what. `whole` names the data
 * itself.
 */
export function firstIssue(error: z.ZodError, whole: string): string {
  const [issue] = error.issues;
  const where = z.core.toDotPath(issue?.path ?? []) || whole;
  return `${where}: ${issue?.message ?? 'wrong shape'}`;
}
