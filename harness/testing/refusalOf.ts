/** # The refusal that a check ends in */
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';

/** What `check` throws. Throws itself if that is nothing, or no refusal. */
export function refusalOf(check: () => unknown): BoundaryRefusal {
  try {
    check();
  } catch (error) {
    if (error instanceof BoundaryRefusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
