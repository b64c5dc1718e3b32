/**
 * # Refusals at a boundary
 *
 * A checker that finds a step that the level above does not allow says where: at which boundary,
 * which host, its which step, which action, which clause failed, and which field differs.
 */
import type { Difference } from '../../spec/framework/difference.ts';
import { show } from '../../spec/framework/difference.ts';
import { explain, type Refusal } from '../../spec/framework/verdict.ts';

/** The boundaries between the levels, and what passes each; and what time must bring. */
export const BOUNDARIES = {
  B0: 'bytes on the wire to messages',
  B1: 'implementation step to protocol step',
  B2: 'order of IO to one atomic step',
  B3: 'protocol system to specification',
  B4: 'packets to specification',
  B6: 'implementation application to specification application',
  B7: 'what clients saw to one order of their calls',
  liveness: 'a fair behaviour to progress',
} as const;

export type Boundary = keyof typeof BOUNDARIES;

/** Where in a behaviour a refusal happened. */
export interface Place {
  /** The host, or whoever else acted. */
  readonly host: string;
  /** How many steps of the behaviour were checked before this one. */
  readonly step: number;
  readonly action: string;
  /** What the refusal is about, where that is not the host itself: another host, or a packet. */
  readonly about?: string;
}

export abstract class BoundaryRefusal extends Error {
  abstract readonly boundary: Boundary;
  place: Place;
  readonly refusal: Refusal;
  readonly difference: Difference | undefined;

  constructor(place: Place, refusal: Refusal, difference?: Difference) {
    super();
    this.place = place;
    this.refusal = refusal;
    this.difference = difference;
  }

  /** The same refusal, which now says what it is about. */
  about(about: string): this {
    this.place = { ...this.place, about };
    return this;
  }

  /** The innermost clause that failed, after the names of those that contain it. */
  get clause(): string {
    const names: string[] = [];
    for (let r: Refusal | undefined = this.refusal; r !== undefined; r = r.because?.[0]) {
      names.push(r.failed);
    }
    return names.join(': ');
  }

  override get message(): string {
    const { host, step, action, about } = this.place;
    const where = `${this.boundary} (${BOUNDARIES[this.boundary]}) refuses step ${step}, ${host} ${action}`;
    const lines = [where, explain(this.refusal, '  ')];
    if (about !== undefined) lines.push(`    about     ${about}`);
    if (this.difference !== undefined) {
      const { path, expected, actual } = this.difference;
      lines.push(`    at        ${path}`);
      lines.push(`    expected  ${show(expected)}`, `    actual    ${show(actual)}`);
    }
    return lines.join('\n');
  }
}

/** B0: bytes that the implementation and the wire format understand differently. */
export class WireRefusal extends BoundaryRefusal {
  readonly boundary = 'B0';
  override readonly name = 'WireRefusal';
}

/** B1: a step of an implementation host that is no step of the protocol. */
export class HostRefusal extends BoundaryRefusal {
  readonly boundary = 'B1';
  override readonly name = 'HostRefusal';
}

/** B2: operations in an order that does not make one atomic step. */
export class IoOrderRefusal extends BoundaryRefusal {
  readonly boundary = 'B2';
  override readonly name = 'IoOrderRefusal';
}

/**
 * B3: a step of the system that is no step of the specification, or a state that breaks an
 * invariant.
 */
export class SystemRefusal extends BoundaryRefusal {
  readonly boundary = 'B3';
  override readonly name = 'SystemRefusal';
}

/** B4: a packet that contradicts the specification. */
export class PacketRefusal extends BoundaryRefusal {
  readonly boundary = 'B4';
  override readonly name = 'PacketRefusal';
}

/** B6: an application that runs and does not what the pure one does. */
export class ApplicationRefusal extends BoundaryRefusal {
  readonly boundary = 'B6';
  override readonly name = 'ApplicationRefusal';
}

/** B7: replies that no single machine can have given to these calls, whatever the inside. */
export class HistoryRefusal extends BoundaryRefusal {
  readonly boundary = 'B7';
  override readonly name = 'HistoryRefusal';
  /** What a person needs to see it, as lines. */
  readonly story: readonly string[];

  constructor(place: Place, refusal: Refusal, story: readonly string[]) {
    super(place, refusal);
    this.story = story;
  }

  override get message(): string {
    return [super.message, ...this.story].join('\n');
  }
}

/** Liveness: nothing wrong happened, but not what was promised to happen in time. */
export class LivenessRefusal extends BoundaryRefusal {
  readonly boundary = 'liveness';
  override readonly name = 'LivenessRefusal';
}
