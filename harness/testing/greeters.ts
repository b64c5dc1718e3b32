/**
 * # Hosts that greet one another
 *
 * A protocol that means nothing, but has a step of every kind: with and without a packet, with and
 * without a clock, with and without a choice, that changes the host or only speaks or does nothing
 * at all, and a restart.
 */
import type {
  Action,
  LocalAction,
  PacketAction,
  Protocol,
} from '../../protocol/framework/action.ts';
import { unchanged } from '../../protocol/framework/action.ts';
import type { EndPoint } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';

export interface Greeter {
  readonly me: EndPoint;
  /** How often it has greeted; it remembers that when it starts again. */
  readonly greeted: number;
  /** The highest greeting that it has heard. */
  readonly heard: number;
  /** When it heard it, by its clock. */
  readonly heardAt: number;
}

export const HOSTS = ['a', 'b'];
export const otherThan = (me: EndPoint): EndPoint => (me === 'a' ? 'b' : 'a');

export const greet: LocalAction<Greeter, number> = {
  name: 'greet',
  takes: 'nothing',
  readsClock: true,
  guard: (h, { now }) => clause('it is time', h.greeted < 3 && now >= 10 * h.greeted),
  step: (h) => ({
    state: { ...h, greeted: h.greeted + 1 },
    sends: [{ src: h.me, dst: otherThan(h.me), msg: h.greeted + 1 }],
  }),
};

export const hear: PacketAction<Greeter, number> = {
  name: 'hear',
  takes: 'packet',
  readsClock: true,
  guard: (h, { packet: { msg }, now }) => clause('it is news', msg > h.heard && now >= 0),
  step: (h, { packet: { msg }, now }) => ({ state: { ...h, heard: msg, heardAt: now }, sends: [] }),
};

/** Answers what it has heard, and stays as it is. */
export const echo: PacketAction<Greeter, number> = {
  name: 'echo',
  takes: 'packet',
  readsClock: false,
  guard: (h, { packet: { msg } }) => clause('it is the latest', msg === h.heard),
  step: (h, { packet: { src, msg } }) => ({ state: h, sends: [{ src: h.me, dst: src, msg }] }),
};

export const shrug: PacketAction<Greeter, number> = {
  name: 'shrug',
  takes: 'packet',
  readsClock: false,
  guard: (h, { packet: { msg } }) => clause('it is old', msg < h.heard),
  step: (h) => unchanged(h),
};

/** Answers one of the first three greetings with one of its choice that came before it. */
export const tease: PacketAction<Greeter, number, number> = {
  name: 'tease',
  takes: 'packet',
  readsClock: false,
  choices: (_h, _now, { msg }) => [msg - 1, msg - 2, msg],
  guard: (h, { packet: { msg }, choice }) =>
    clause('it is the latest', msg === h.heard && msg <= 3)
    ?? clause('it came before', choice >= 1 && choice < msg),
  step: (h, { packet: { src }, choice }) => ({
    state: h,
    sends: [{ src: h.me, dst: src, msg: choice }],
  }),
};

const ACTIONS: readonly Action<Greeter, number>[] = [greet, hear, echo, tease, shrug];

export const FORGETFUL: Protocol<Greeter, number> = {
  name: 'greeters',
  hosts: HOSTS,
  actions: ACTIONS,
  init: (me) => ({ me, greeted: 0, heard: 0, heardAt: 0 }),
  restart: (h) => ({ ...h, heard: 0, heardAt: 0 }),
  describe: (msg) => `hello(${msg})`,
};

/** The same hosts, but they may not stop. */
export const { restart: _, ...STEADY } = FORGETFUL;
