/**
 * # Failure files
 *
 * A behaviour that was refused, with all it takes to see it again: the configuration, the plan that
 * led to it and, where there is one, the shrunk schedule.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { firstIssue } from '../../impl/framework/firstIssue.ts';
import { UsageError } from '../../impl/framework/usageError.ts';
import { BOUNDARIES } from '../../refinement/framework/refusal.ts';
import { LEVELS } from './level.ts';
import { schedule } from './schedule.ts';

const rate = z.number().min(0).max(1);

const plan = z.strictObject({
  seed: z.int(),
  steps: z.int().min(0).max(100_000_000),
  faults: z.strictObject({
    loss: rate,
    duplication: rate.max(0.99),
    latency: z.int().min(0),
    straggling: rate,
    partition: rate,
    pause: rate,
    skew: z.int().min(0),
    drift: rate.max(0.99),
    jump: rate,
    stranger: rate,
    restart: rate,
  }),
});

const failure = z.strictObject({
  version: z.literal(1),
  service: z.string(),
  level: z.enum(LEVELS),
  config: z.unknown(),
  plan,
  schedule: schedule.optional(),
  refusal: z.strictObject({
    boundary: z.enum([...Object.keys(BOUNDARIES), 'determinism']),
    clause: z.string(),
    message: z.string(),
  }),
  /** How many events the behaviour has. */
  length: z.int(),
});

export type Failure = z.infer<typeof failure>;

/** No failure that a campaign writes comes near this size, in bytes. */
const MAX_SIZE = 256 * 1024 * 1024;

/** Throws a UsageError if the file cannot be written. */
export function writeFailureFile(path: string, found: Failure): void {
  try {
    writeFileSync(path, `${JSON.stringify(found, undefined, 1)}\n`);
  } catch (error) {
    const why = (error as Error).message;
    throw new UsageError(`could not write the refused behaviour to ${path}: ${why}`);
  }
}

/** Throws a UsageError if there is no failure in the file. */
export function readFailureFile(path: string): Failure {
  let text: string;
  try {
    if (statSync(path).size > MAX_SIZE) throw new Error('it is too large');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`could not read the failure file ${path}: ${(error as Error).message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is no failure file: it is not JSON`);
  }
  const parsed = failure.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${path} is no failure file: ${firstIssue(parsed.error)}`);
}
