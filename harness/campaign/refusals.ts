/** # Refusals as results: what is thrown at a boundary is an outcome like any other. */
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';

/** The refusal that something ends with, if it does; other errors are thrown on. */
export const refusalOf = (run: () => void): BoundaryRefusal | undefined =>
  resultOf(() => {
    run();
    return undefined;
  });

/** What something gives, or the refusal that it ends with; other errors are thrown on. */
export function resultOf<Result>(run: () => Result): Result | BoundaryRefusal {
  try {
    return run();
  } catch (error) {
    if (error instanceof BoundaryRefusal) return error;
    throw error;
  }
}
