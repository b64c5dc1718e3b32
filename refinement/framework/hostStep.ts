/**
 * # One step of one host
 *
 * Checks a step that an implementation host was seen to take against the protocol, whatever the
 * state that it began in: that its operations make one atomic step (B2), that its bytes mean what
 * the implementation takes them for (B0), and that the protocol's action of that name does the same
 * (B1).
 */
import type { Action, Protocol, Step } from '../../protocol/framework/action.ts';
import { IDLE, unchanged } from '../../protocol/framework/action.ts';
import { choicesOf, guardOf, stepOf } from '../../protocol/framework/steps.ts';
import { type Difference, difference } from '../../spec/framework/difference.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import { equal } from '../../spec/framework/equal.ts';
import type { IoOperation } from '../../spec/framework/ioOrder.ts';
import { isLegalOrder } from '../../spec/framework/ioOrder.ts';
import type { Refusal } from '../../spec/framework/verdict.ts';
import { Readings } from './readings.ts';
import type { Place } from './refusal.ts';
import { HostRefusal, IoOrderRefusal, WireRefusal } from './refusal.ts';
import { sameSends } from './sends.ts';
import { isFrameOf } from './wire.ts';

/** One operation that a host was seen to do. */
export type ObservedIo =
  | { readonly type: 'receive'; readonly src: EndPoint; readonly bytes: Uint8Array }
  | { readonly type: 'timeout' }
  | { readonly type: 'clock'; readonly now: number }
  | { readonly type: 'send'; readonly dst: EndPoint; readonly bytes: Uint8Array };

/** One step that a host was seen to take. */
export interface ObservedStep {
  /** The host's place in the configuration. */
  readonly host: number;
  /** The action that the host says it took. */
  readonly action: string;
  /** Its operations, in the order in which it did them. */
  readonly io: readonly ObservedIo[];
}

/** How the implementation of a host refines its protocol. */
export interface HostRefinement<Impl, State, Message> {
  readonly protocol: Protocol<State, Message>;
  /**
   * What bytes mean by the definition of the wire format, and what the implementation takes them
   * for.
   */
  readonly read: (bytes: Uint8Array) => Message;
  readonly readAsImpl: (bytes: Uint8Array) => Message;
  /** The message that stands for bytes that mean nothing. */
  readonly invalid: Message;
  /** Where the implementation's state is not the protocol's, compared in place. */
  readonly compare: (impl: Impl, state: State) => Difference | undefined;
  /**
   * For an action that leaves something open, the one choice that can explain its step, as what the
   * host sent and where it is now show it. Without it, or where it says nothing, all choices are
   * tried.
   */
  readonly choiceOf?: (step: OpenStep<Impl, State, Message>) => unknown;
}

/** A step that a host took by an action that leaves something open. */
export interface OpenStep<Impl, State, Message> {
  readonly action: string;
  readonly before: State;
  readonly sends: readonly Packet<Message>[];
  /** The host after the step. */
  readonly impl: Impl;
}

/**
 * A step that passed: what the host received, what its clock read if it was read, and what the
 * protocol says it did.
 */
export interface CheckedStep<State, Message> {
  readonly packet: Packet<Message> | undefined;
  readonly now: number | undefined;
  readonly step: Step<State, Message>;
}

/** What the operations of a step mean. */
interface Observed<Message> {
  readonly packet: Packet<Message> | undefined;
  /** Nothing where the clock was not read. */
  readonly now: number | undefined;
  readonly sends: readonly Packet<Message>[];
}

const OPERATION = { receive: 'R', timeout: 'T', clock: 'C', send: 'S' } as const satisfies Record<
  ObservedIo['type'],
  IoOperation
>;

export class HostStepChecker<Impl, State, Message> {
  /** How many byte strings were read as messages. */
  messages = 0;
  readonly #refinement: HostRefinement<Impl, State, Message>;
  readonly #actions: ReadonlyMap<string, Action<State, Message>>;
  readonly #readings: Readings<Message>;

  constructor(refinement: HostRefinement<Impl, State, Message>) {
    this.#refinement = refinement;
    this.#readings = new Readings(refinement.read);
    this.#actions = new Map(refinement.protocol.actions.map((action) => [action.name, action]));
  }

  /** Checks that an implementation host begins in this state. */
  checkStart(place: Place, impl: Impl, state: State): void {
    const found = this.#refinement.compare(impl, state);
    if (found === undefined) return;
    throw new HostRefusal(place, { failed: 'the host begins as the protocol says' }, found);
  }

  /** Checks that a frame on a stream carries `payload`, and nothing else (B0). */
  checkFrame(place: Place, frame: Uint8Array, payload: Uint8Array): void {
    if (isFrameOf(frame, payload)) return;
    const law = 'a frame is the length of its payload, then the payload';
    throw new WireRefusal(place, { failed: law });
  }

  /** What bytes mean by the definition of the wire format, whoever sent them. */
  read(bytes: Uint8Array): Message {
    return this.#readings.of(bytes).msg;
  }

  /** Checks the step that led from the state `before` to where `impl` is now. */
  check(
    place: Place,
    me: EndPoint,
    before: State,
    io: readonly ObservedIo[],
    impl: Impl,
  ): CheckedStep<State, Message> {
    this.#checkOrder(place, io);
    const observed = this.#messages(place, me, io);
    const { state } = this.#explain(place, before, observed, impl);
    const { packet, now, sends } = observed;
    return { packet, now, step: { state, sends } };
  }

  /** B2: the operations come in an order that makes them one atomic step. */
  #checkOrder(place: Place, io: readonly ObservedIo[]): void {
    const word = io.map(({ type }) => OPERATION[type]);
    if (isLegalOrder(word)) return;
    throw new IoOrderRefusal(place, {
      failed: 'a step receives, then learns the time at most once, then sends: R* (C|T)? S*',
      because: [{ failed: `this one did ${word.join(' ')}` }],
    });
  }

  /**
   * B0: what the host received and sent, as messages; the implementation must take them for the
   * same.
   */
  #messages(place: Place, me: EndPoint, io: readonly ObservedIo[]): Observed<Message> {
    const sends: Packet<Message>[] = [];
    let packet: Packet<Message> | undefined;
    let now: number | undefined;
    /** What was sent last: what goes to many is read once. */
    let last: { readonly bytes: Uint8Array; readonly msg: Message } | undefined;
    for (const operation of io) {
      switch (operation.type) {
        case 'receive': {
          if (packet !== undefined) {
            throw new HostRefusal(place, { failed: 'an action receives at most one packet' });
          }
          packet = { src: operation.src, dst: me, msg: this.#read(place, operation.bytes) };
          break;
        }
        case 'clock':
          now = operation.now;
          break;
        case 'send': {
          const { dst, bytes } = operation;
          if (last?.bytes === bytes) this.messages++;
          else last = { bytes, msg: this.#readSent(place, bytes) };
          sends.push({ src: me, dst, msg: last.msg });
          break;
        }
        case 'timeout':
          if (place.action !== IDLE) {
            throw new HostRefusal(place, {
              failed: 'only an idle step waits for a packet in vain',
            });
          }
          break;
      }
    }
    return { packet, now, sends };
  }

  #read(place: Place, bytes: Uint8Array): Message {
    this.messages++;
    const reading = this.#readings.of(bytes);
    if (reading.agreed) return reading.msg;
    const expected = reading.msg;
    const actual = this.#refinement.readAsImpl(bytes);
    if (!equal(expected, actual)) {
      const refusal = { failed: 'the implementation reads bytes as the wire format says' };
      throw new WireRefusal(place, refusal, difference(expected, actual));
    }
    reading.agreed = true;
    return expected;
  }

  #readSent(place: Place, bytes: Uint8Array): Message {
    const msg = this.#read(place, bytes);
    if (!equal(msg, this.#refinement.invalid)) return msg;
    throw new WireRefusal(place, { failed: 'a host sends only bytes that mean something' });
  }

  /**
   * B1: the step is what the protocol's action of that name does with this input, for some choice
   * where the action leaves something open. If it is so for none, the refusal speaks of the choice
   * that was named, or of the first that may be made.
   */
  #explain(
    place: Place,
    before: State,
    observed: Observed<Message>,
    impl: Impl,
  ): Step<State, Message> {
    const { packet, now = 0 } = observed;
    const action = this.#actionOf(place, observed);
    if (action === undefined) return this.#require(place, unchanged(before), observed, impl);
    const given = { packet, now };
    let denied: Refusal | undefined;
    let first: Step<State, Message> | undefined;
    for (const choice of this.#choicesOf(action, before, observed, impl)) {
      const refusal = guardOf(action, before, given, choice);
      if (refusal !== undefined) {
        denied ??= refusal;
        continue;
      }
      const step = stepOf(action, before, given, choice);
      if (this.#agrees(step, observed, impl)) return step;
      first ??= step;
    }
    if (first !== undefined) return this.#require(place, first, observed, impl);
    const because = denied === undefined ? [] : [denied];
    throw new HostRefusal(place, { failed: 'the action may be taken', because });
  }

  #choicesOf(
    action: Action<State, Message>,
    before: State,
    { packet, now = 0, sends }: Observed<Message>,
    impl: Impl,
  ): Iterable<unknown> {
    if (action.choices !== undefined) {
      const named = this.#refinement.choiceOf?.({ action: action.name, before, sends, impl });
      if (named !== undefined) return [named];
    }
    return choicesOf(action, before, { packet, now });
  }

  /** The protocol's action of that name, if its input is of the right kind; nothing for idleness. */
  #actionOf(place: Place, { packet, now }: Observed<Message>): Action<State, Message> | undefined {
    const refuse = (failed: string): never => {
      throw new HostRefusal(place, { failed });
    };
    if (place.action === IDLE) {
      return packet === undefined ? undefined : refuse('an idle step receives nothing');
    }
    const action = this.#actions.get(place.action);
    if (action === undefined) return refuse('the action is one of the protocol');
    if (action.readsClock && now === undefined) refuse('the action reads the clock');
    if (!action.readsClock && now !== undefined) refuse('the action does not read the clock');
    if (action.takes === 'packet' && packet === undefined) refuse('the action receives a packet');
    if (action.takes === 'nothing' && packet !== undefined) refuse('the action receives nothing');
    return action;
  }

  #agrees({ state, sends }: Step<State, Message>, observed: Observed<Message>, impl: Impl) {
    return sameSends(sends, observed.sends) && this.#refinement.compare(impl, state) === undefined;
  }

  /** The step, if it is what the host was seen to do. */
  #require(
    place: Place,
    step: Step<State, Message>,
    observed: Observed<Message>,
    impl: Impl,
  ): Step<State, Message> {
    if (!sameSends(step.sends, observed.sends)) {
      const refusal = { failed: 'the host sends what the protocol says' };
      throw new HostRefusal(place, refusal, difference(step.sends, observed.sends));
    }
    const found = this.#refinement.compare(impl, step.state);
    if (found !== undefined) {
      const law = 'the host is in the state that the protocol says';
      throw new HostRefusal(place, { failed: law }, found);
    }
    return step;
  }
}
