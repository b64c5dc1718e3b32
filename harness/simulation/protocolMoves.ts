/**
 * # What a host of a protocol may do
 *
 * Finds the actions that a host may take at a moment, with what may be chosen in each, and picks
 * one. Counts how often an action was looked at and not allowed, and which clause said so.
 *
 * A host need not take an action because it may. Where chance decides, each host is slow to take
 * some that no clock calls for, such as writing something down, and much can happen before it does.
 */
import type { Action, Protocol } from '../../protocol/framework/action.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import type { Verdict } from '../../spec/framework/verdict.ts';
import type { Random } from './random.ts';

const NOTHING: readonly never[] = [];

/** What share of its actions a host is in no hurry to take, and how often it puts one off. */
const UNHURRIED = 0.15;
const PUT_OFF = 0.9;

/** How often a clause of an action's guard was the one that refused. */
interface ClauseCount {
  readonly clause: string;
  count: number;
}

/** An action and what is counted of it. */
interface Slot<State, Message> {
  readonly action: Action<State, Message>;
  /** Its place among all actions, by which they have their turns. */
  readonly place: number;
  refused: number;
  /** Those of its clauses that have refused it: few, so that looking through them is quick. */
  readonly clauses: ClauseCount[];
}

export type Slots<State, Message> = readonly Slot<State, Message>[];

/** An action that may be taken, and what is chosen in it. */
export interface Picked<State, Message> {
  readonly action: Action<State, Message>;
  readonly choice: unknown;
}

export class ProtocolMoves<State, Message> {
  /** The actions that take no packet. */
  readonly local: Slots<State, Message>;
  readonly #slots: Slots<State, Message>;
  readonly #byNames = new Map<readonly string[], Slots<State, Message>>();
  /** From which action on each host looks for the next, where everything has its turn. */
  readonly #turns: number[];
  /** How often each host has chosen something, where everything has its turn. */
  readonly #chosen: number[];
  /** By their places, the actions that each host is in no hurry to take; once that is drawn. */
  readonly #unhurried: boolean[][];
  /** The actions that may be taken now, and for each what may be chosen, if anything. */
  readonly #allowed: Slot<State, Message>[] = [];
  readonly #choices: (readonly unknown[] | undefined)[] = [];

  constructor({ actions, hosts }: Protocol<State, Message>) {
    this.#slots = actions.map((action, place) => ({
      action,
      place,
      refused: 0,
      clauses: [],
    }));
    this.local = this.#slots.filter(({ action }) => action.takes === 'nothing');
    this.#turns = hosts.map(() => 0);
    this.#chosen = hosts.map(() => 0);
    this.#unhurried = hosts.map(() => []);
  }

  /** The actions of these names, of which the same array is to be given for the same ones. */
  named(names: readonly string[]): Slots<State, Message> {
    let slots = this.#byNames.get(names);
    if (slots === undefined) {
      slots = this.#slots.filter(({ action }) => names.includes(action.name));
      this.#byNames.set(names, slots);
    }
    return slots;
  }

  /** How often each action was looked at and not allowed. */
  refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#slots.map(({ action, refused }) => [action.name, refused]));
  }

  /**
   * For each action the clauses of its guard that have refused it, and how often each was the first
   * that did. Where something may be chosen, that is counted for each choice.
   */
  clauses(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(
      this.#slots.map(({ action, clauses }) => [
        action.name,
        Object.fromEntries(clauses.map(({ clause, count }) => [clause, count])),
      ]),
    );
  }

  /**
   * One of the actions that may be taken, if there is any: by chance or, without it, the next whose
   * turn it is.
   */
  pick(
    slots: Slots<State, Message>,
    host: number,
    state: State,
    packet: Packet<Message> | undefined,
    now: number,
    chance: Random | undefined,
  ): Picked<State, Message> | undefined {
    this.#allowed.length = 0;
    this.#choices.length = 0;
    for (const slot of slots) {
      if (chance !== undefined && this.#isPutOff(slot, host, chance)) continue;
      this.#consider(slot, state, packet, now);
    }
    const count = this.#allowed.length;
    if (count === 0) return undefined;
    const picked = chance === undefined ? this.#inTurn(host) : chance.below(count);
    const { action } = this.#allowed[picked] as Slot<State, Message>;
    const choices = this.#choices[picked];
    if (choices === undefined) return { action, choice: undefined };
    const turn = chance === undefined ? this.#nextChoice(host) : chance.below(choices.length);
    return { action, choice: choices[turn % choices.length] };
  }

  /** The action of this name, if it may be taken with this choice. */
  find(
    name: string,
    state: State,
    packet: Packet<Message> | undefined,
    now: number,
    choice: unknown,
  ): Picked<State, Message> | undefined {
    const action = this.#slots.find((slot) => slot.action.name === name)?.action;
    if (action === undefined || (action.takes === 'packet') !== (packet !== undefined)) {
      return undefined;
    }
    const verdict = ask(action, state, packet, now, choice);
    return verdict === undefined ? { action, choice } : undefined;
  }

  #isPutOff({ action, place }: Slot<State, Message>, host: number, chance: Random): boolean {
    if (action.takes === 'packet' || action.readsClock) return false;
    const unhurried = this.#unhurried[host] as boolean[];
    unhurried[place] ??= chance.happens(UNHURRIED);
    return unhurried[place] && chance.happens(PUT_OFF);
  }

  #nextChoice(host: number): number {
    const turn = this.#chosen[host] as number;
    this.#chosen[host] = turn + 1;
    return turn;
  }

  #consider(
    slot: Slot<State, Message>,
    state: State,
    packet: Packet<Message> | undefined,
    now: number,
  ): void {
    const { action } = slot;
    if (action.choices === undefined) {
      const verdict = ask(action, state, packet, now, undefined);
      if (verdict === undefined) {
        this.#allow(slot, undefined);
      } else {
        slot.refused++;
        countClause(slot.clauses, verdict.failed);
      }
      return;
    }
    const choices: unknown[] = [];
    for (const choice of choicesIn(action, state, packet, now)) {
      const verdict = ask(action, state, packet, now, choice);
      if (verdict === undefined) choices.push(choice);
      else countClause(slot.clauses, verdict.failed);
    }
    if (choices.length > 0) this.#allow(slot, choices);
    else slot.refused++;
  }

  #allow(slot: Slot<State, Message>, choices: readonly unknown[] | undefined): void {
    this.#allowed.push(slot);
    this.#choices.push(choices);
  }

  /** The first of the allowed actions from the host's turn on. */
  #inTurn(host: number): number {
    const turn = this.#turns[host] as number;
    const later = this.#allowed.findIndex(({ place }) => place >= turn);
    const picked = later < 0 ? 0 : later;
    this.#turns[host] = (this.#allowed[picked]?.place ?? 0) + 1;
    return picked;
  }
}

const NO_PACKET: Verdict = { failed: 'there is a packet' };

/** What the guard says, as plainly as can be: this is asked very often. */
function ask<State, Message>(
  action: Action<State, Message>,
  state: State,
  packet: Packet<Message> | undefined,
  now: number,
  choice: unknown,
): Verdict {
  if (action.takes === 'nothing') return action.guard(state, { now, choice });
  return packet === undefined ? NO_PACKET : action.guard(state, { packet, now, choice });
}

/** Names of clauses are literals, so that comparing them is comparing where they are. */
function countClause(counts: ClauseCount[], clause: string): void {
  for (const each of counts) {
    if (each.clause === clause) {
      each.count++;
      return;
    }
  }
  counts.push({ clause, count: 1 });
}

function choicesIn<State, Message>(
  action: Action<State, Message>,
  state: State,
  packet: Packet<Message> | undefined,
  now: number,
): Iterable<unknown> {
  if (action.takes === 'nothing') return action.choices?.(state, now) ?? NOTHING;
  return packet === undefined ? NOTHING : (action.choices?.(state, now, packet) ?? NOTHING);
}
