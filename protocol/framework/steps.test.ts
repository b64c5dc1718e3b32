import { describe, expect, test } from 'vitest';
import { type Greeter, greet, hear, tease } from '../../harness/testing/greeters.ts';
import type { Packet } from '../../spec/framework/environment.ts';
import { clause } from '../../spec/framework/verdict.ts';
import type { LocalAction } from './action.ts';
import { choicesOf, guardOf, stepOf, stepsOf } from './steps.ts';

const HOST: Greeter = { me: 'a', greeted: 0, heard: 3, heardAt: 0 };
const PACKET: Packet<number> = { src: 'b', dst: 'a', msg: 3 };
const NOTHING = { packet: undefined, now: 10 };
const RECEIVED = { packet: PACKET, now: 10 };

/** Greets so many times at once, at most as many as the clock says. */
const shout: LocalAction<Greeter, number, number> = {
  ...greet,
  name: 'shout',
  choices: (h, now) => [h.greeted + 1, now + 1, now],
  guard: (_, { now, choice }) => clause('it is time', choice <= now),
  step: (h, { choice }) => ({ state: { ...h, greeted: h.greeted + choice }, sends: [] }),
};

describe('the choices in an action', () => {
  test('are one, of nothing, where nothing is open', () => {
    expect([...choicesOf(greet, HOST, NOTHING)]).toEqual([undefined]);
    expect([...choicesOf(hear, HOST, RECEIVED)]).toEqual([undefined]);
  });

  test('are those that the action offers for this state, time and packet', () => {
    expect([...choicesOf(shout, HOST, NOTHING)]).toEqual([1, 11, 10]);
    expect([...choicesOf(tease, HOST, RECEIVED)]).toEqual([2, 1, 3]);
  });

  test('are none where the action receives a packet and there is none', () => {
    expect([...choicesOf(tease, HOST, NOTHING)]).toEqual([]);
  });
});

describe('the guard of an action', () => {
  test('is asked with the time, the packet and the choice', () => {
    expect(guardOf(shout, HOST, NOTHING, 10)).toBeUndefined();
    expect(guardOf(shout, HOST, NOTHING, 11)).toEqual({ failed: 'it is time' });
    expect(guardOf(tease, HOST, RECEIVED, 2)).toBeUndefined();
    expect(guardOf(tease, HOST, RECEIVED, 3)).toEqual({ failed: 'it came before' });
    expect(guardOf(hear, { ...HOST, heard: 2 }, { packet: PACKET, now: -1 }, undefined)).toEqual({
      failed: 'it is news',
    });
  });

  test('does not hold without a packet that the action receives, or with one that it does not', () => {
    expect(guardOf(greet, HOST, RECEIVED, undefined)).toEqual({
      failed: 'the action receives nothing',
    });
    expect(guardOf(hear, HOST, NOTHING, undefined)).toEqual({
      failed: 'the action receives a packet',
    });
  });
});

describe('the steps of an action', () => {
  test('are one for each choice that the guard allows, in the order of the choices', () => {
    const greeted = [...stepsOf(shout, HOST, NOTHING)].map(({ state }) => state.greeted);
    expect(greeted).toEqual([1, 10]);
    const said = [...stepsOf(tease, HOST, RECEIVED)].flatMap(({ sends }) => sends);
    expect(said).toEqual([2, 1].map((msg) => ({ src: 'a', dst: 'b', msg })));
  });

  test('do what the action does with the packet and the time', () => {
    expect([...stepsOf(hear, { ...HOST, heard: 2 }, RECEIVED)]).toEqual([
      { state: { ...HOST, heard: 3, heardAt: 10 }, sends: [] },
    ]);
    expect(stepOf(hear, HOST, RECEIVED, undefined).state.heardAt).toBe(10);
  });

  test('are none where the guard refuses, or the packet is missing', () => {
    expect([...stepsOf(hear, HOST, RECEIVED)]).toEqual([]);
    expect([...stepsOf(hear, HOST, NOTHING)]).toEqual([]);
    expect([...stepsOf(greet, HOST, RECEIVED)]).toEqual([]);
  });

  test('an action that receives a packet is not to be taken without one', () => {
    expect(() => stepOf(hear, HOST, NOTHING, undefined)).toThrow('hear without a packet');
  });
});
