/**
 * # What the simulator moves
 *
 * Hosts under watch, and the parcels between them. There are two such worlds: one of the hosts that
 * run, which speak in bytes, and one of the hosts of the protocol, which speak in messages. The
 * simulator, schedules and shrinking know neither; they know this.
 *
 * Nothing in a world decides anything of its own. Who steps when, with which parcel and which clock
 * reading, comes from outside; and where the protocol leaves something open, chance is handed in
 * and what it chose is told as part of the event.
 */
import type { Seen } from '../../refinement/framework/monitor.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { FaultCounts } from './faults.ts';
import type { Random } from './random.ts';
import type { Testimony } from './witness.ts';

/** A packet in the simulated network: a message, or the bytes of one. */
export interface Parcel<Said> extends Packet<Said> {
  /** How many parcels had gone from `src` to `dst` before this one. */
  readonly index: number;
}

/** What a host does next, where that is not its own to decide. */
export interface Move {
  readonly action: string;
  /** What is chosen, for an action that leaves something open. */
  readonly choice?: unknown;
}

/** Everything that can be done to a world: one such event after the other is a behaviour. */
export type WorldEvent<P> =
  | {
      readonly type: 'step';
      readonly host: number;
      /** What the host receives when it is woken by a parcel; a deadline otherwise. */
      readonly parcel: P | undefined;
      readonly clock: number;
      /** Absent where the host decides for itself. */
      readonly move: Move | undefined;
    }
  | {
      /** Someone who is not a host says something. */
      readonly type: 'send';
      readonly parcel: P;
      /** What is repeated, if it is not the sender's own. */
      readonly repeats: P | undefined;
    }
  | { readonly type: 'restart'; readonly host: number };

/** A step that has been taken, for whoever writes behaviours down. */
export interface Told<Said> {
  readonly host: number;
  readonly action: string;
  /** What the host's clock read, if it had anything to do with it. */
  readonly clock: number | undefined;
  readonly received: Packet<Said> | undefined;
  readonly sent: readonly Packet<Said>[];
  /** What was chosen, or done in which order, beyond what the rest tells. */
  readonly detail: unknown;
}

/** Who listens to a world. */
export interface Listener<Said, P> {
  /** Called with every event before it happens. */
  event(event: WorldEvent<P>): void;
  /** Called with what a step did before it is checked, and again when it has passed. */
  told(step: Told<Said>): void;
  passed(): void;
}

/** What someone who is not a host makes up, and what kind of fault that is. */
export interface Lie<Said> {
  readonly msg: Said;
  readonly fault: keyof FaultCounts;
}

export interface World<Said, P extends Parcel<Said> = Parcel<Said>> {
  /** The hosts, in the order of the configuration. */
  readonly names: readonly EndPoint[];
  /** Under which names others speak who are no hosts. */
  readonly strangers: readonly EndPoint[];
  readonly seen: Seen;
  /** What somebody who sees only the outside has judged; nothing where there is nobody. */
  readonly testimony: Testimony | undefined;
  /** The action of the latest step. */
  readonly lastAction: string;
  /**
   * Whether the host that took the latest step was woken by a parcel and has left it where it is:
   * then the parcel wakes it again at once.
   */
  readonly left: boolean;
  /** Listening takes time: most behaviours are not listened to. */
  listener: Listener<Said, P> | undefined;

  /**
   * A host takes one step, woken by a parcel or by its deadline; gives what it sends, or nothing if
   * there is nothing to do. Where something is left open, chance decides; without it, everything
   * has its turn.
   */
  step(
    host: number,
    parcel: P | undefined,
    clock: number,
    chance: Random | undefined,
  ): readonly P[] | undefined;
  /** The step that was written down, if it can be taken. */
  again(
    host: number,
    parcel: P | undefined,
    clock: number,
    move: Move | undefined,
  ): readonly P[] | undefined;
  /** When a host wants to be woken, by its own clock, which now reads `clock`. */
  deadline(host: number, clock: number): number;
  /** A host stops and starts again; absent where it must not. */
  readonly restart: ((host: number) => void) | undefined;

  /** Asks every law there is, those that take long among them; throws a refusal. */
  checkAll(): void;

  /** Someone who is not a host says something, its own or what it has heard. */
  send(src: EndPoint, dst: EndPoint, msg: Said): P;
  repeat(src: EndPoint, dst: EndPoint, heard: P): P;
  /** What a liar might say, who has heard this. */
  lie(random: Random, heard: readonly P[]): Lie<Said>;
  /** How many parcels have gone from `src` to `dst` so far. */
  sentSoFar(src: EndPoint, dst: EndPoint): number;

  /** For a reader: what was said, and what the whole now stands for. */
  describe(msg: Said): string;
  showSpec(): string;
  /** What was said as JSON, and back; throws an UnreadableError where it is nothing to be said. */
  write(msg: Said): unknown;
  read(json: unknown): Said;
}
