/**
 * # Setting all keys
 *
 * Gives every key a value before anything is measured, many of them at a time.
 */
import { Random } from '../simulation/random.ts';
import type { Submit } from './load.ts';
import { SetUpWorkload } from './shtWorkload.ts';

/** How many sets are under way at a time. */
const AT_A_TIME = 128;

export interface SetUpSettings {
  readonly submit: Submit;
  /** The keys are those from 0 to one less. */
  readonly keys: number;
  readonly valueSize: number;
  readonly seed: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** Sets all keys. Throws what `submit` throws. */
export async function setUp({
  submit,
  keys,
  valueSize,
  seed,
  signal,
}: SetUpSettings): Promise<void> {
  const workload = new SetUpWorkload({ valueSize });
  const random = new Random(seed);
  let next = 0;
  const setOthers = async (): Promise<void> => {
    while (next < keys && !signal.aborted) {
      next++;
      await submit(workload.next(random).request);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, keys) }, setOthers));
}
