import { z } from 'zod';

/** What is wrong with data of the wrong shape, in one line: where, unless it is all of it, and what. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = z.core.toDotPath(issue?.path ?? []);
  return `${where === '' ? '' : `${where}: `}${issue?.message ?? 'wrong shape'}`;
}
