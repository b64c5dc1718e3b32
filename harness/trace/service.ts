/**
 * # What checking traces needs to know of a service
 *
 * How to read what its servers record, and what that must refine. Everything in this folder is
 * generic in it.
 */
import type { z } from 'zod';
import { firstIssue } from '../../impl/framework/firstIssue.ts';
import type { ObservedStep } from '../../refinement/framework/hostStep.ts';
import { Monitor, type Refinement, type Seen } from '../../refinement/framework/monitor.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';

/** Whatever is wrong with the shape of a recorded state or parameter. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/**
 * Follows one recorded behaviour. Every method throws a BoundaryRefusal at what the levels above do
 * not allow, and a {@link ShapeError} at a state that is none.
 */
export interface TraceChecker {
  readonly seen: Seen;
  start(host: number, state: unknown): void;
  stranger(src: EndPoint, dst: EndPoint, bytes: Uint8Array): void;
  step(observed: ObservedStep, state: unknown): void;
  /** Nothing follows. */
  end(): void;
}

/**
 * In a trace windows are wide and steps many, and what takes long to ask of a whole window is asked
 * less often.
 */
const SAMPLE_EVERY = 4_096;

export interface TracedService {
  /**
   * What hosts are called: by their friendly names, unless messages speak of them, which call them
   * by their end points.
   */
  readonly calledBy: 'name' | 'endPoint';
  /** Hosts are given by what they are called. */
  checker(hosts: readonly EndPoint[], parameters: unknown): TraceChecker;
}

/** A service whose servers record states and parameters in these shapes. */
export const tracedService = <Impl, Parameters, State, Message, Ghost, Spec>(
  shapes: { readonly state: z.ZodType<Impl>; readonly parameters: z.ZodType<Parameters> },
  refinement: (
    hosts: readonly EndPoint[],
    parameters: Parameters,
  ) => Refinement<Impl, State, Message, Ghost, Spec>,
  calledBy: TracedService['calledBy'] = 'name',
): TracedService => ({
  calledBy,
  checker(hosts, parameters) {
    const monitor = new Monitor(
      refinement(hosts, shaped('parameters', shapes.parameters, parameters)),
      SAMPLE_EVERY,
    );
    const stateOf = (state: unknown): Impl => shaped('state', shapes.state, state);
    return {
      seen: monitor.seen,
      start: (host, state) => monitor.observeStart(host, stateOf(state)),
      stranger: (src, dst, bytes) => monitor.observeStranger(src, dst, bytes),
      step: (observed, state) => {
        monitor.observe(observed, stateOf(state));
      },
      end: () => monitor.checkAll(),
    };
  },
});

function shaped<Shape>(what: string, shape: z.ZodType<Shape>, content: unknown): Shape {
  const parsed = shape.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error);
  throw new ShapeError(`${what} is not as this service records it: ${issue}`);
}
