import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../harness/testing/deepFreeze.ts';
import {
  echo,
  FORGETFUL,
  type Greeter,
  greet,
  HOSTS,
  hear,
  otherThan,
  STEADY,
  shrug,
} from '../../harness/testing/greeters.ts';
import type { EndPoint, Packet } from '../../spec/framework/environment.ts';
import type { Action, LocalAction } from './action.ts';
import { DistributedSystem, type Event, type System } from './distributedSystem.ts';

type GreeterSystem = System<Greeter, number>;
type GreeterEvent = Event<Greeter, number>;

const system = new DistributedSystem(FORGETFUL);

const packet = (src: EndPoint, dst: EndPoint, msg: number): Packet<number> => ({ src, dst, msg });

/** Every packet and every step of a host that could be meant, whether it may happen or not. */
const PACKETS = [...HOSTS, 'mallory'].flatMap((src) =>
  [...HOSTS, 'mallory'].flatMap((dst) => [1, 2, 3].map((msg) => packet(src, dst, msg))),
);

const choicesFor = ({ choices }: Action<Greeter, number>): readonly (number | undefined)[] =>
  choices === undefined ? [undefined] : [-1, 0, 1, 2];

const STEPS: readonly GreeterEvent[] = [...HOSTS, 'mallory'].flatMap((host) => [
  { type: 'restart', host },
  ...FORGETFUL.actions.flatMap((action): GreeterEvent[] => [
    { type: 'act', host, action },
    ...(action.takes === 'packet'
      ? PACKETS.flatMap((each) =>
          choicesFor(action).map((choice): GreeterEvent => {
            const event = { type: 'act', host, action, packet: each } as const;
            return choice === undefined ? event : { ...event, choice };
          }),
        )
      : []),
  ]),
]);

const REST: readonly GreeterEvent[] = [
  ...PACKETS.map((each) => ({ type: 'send', packet: each }) as const),
  ...[-1, 0, 7, 10].map((by) => ({ type: 'advance', by }) as const),
];

/** A step as a word, to compare sets of them. */
const word = (event: GreeterEvent): string =>
  event.type === 'act'
    ? [event.host, event.action.name, JSON.stringify(event.packet), event.choice].join(' ')
    : `${event.type} ${JSON.stringify(event)}`;

/** The states of a behaviour: at every step the chosen one of the events that can happen. */
function behaviour(choices: readonly number[]): readonly GreeterSystem[] {
  const states = [deepFreeze(system.init())];
  for (const choice of choices) {
    const s = states.at(-1) as GreeterSystem;
    // All kinds of events are about as likely, though strangers have more to choose from.
    const of = choice % 3 === 0 ? REST : STEPS;
    const possible = of.map((event) => system.next(s, event)).filter((t) => t !== undefined);
    const t = possible[Math.floor(choice / 3) % possible.length];
    if (t !== undefined) states.push(deepFreeze(t));
  }
  return states;
}

const behaviours = fc.array(fc.nat({ max: 999 }), { maxLength: 25 }).map(behaviour);

describe('a distributed system', () => {
  test('begins with every host as its protocol says, and silence', () => {
    expect(system.init()).toEqual({
      time: 0,
      hosts: [
        { me: 'a', greeted: 0, heard: 0, heardAt: 0 },
        { me: 'b', greeted: 0, heard: 0, heardAt: 0 },
      ],
      sent: expect.objectContaining({ size: 0 }),
    });
  });

  test('enumerates exactly the steps of hosts that can be taken', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(behaviours, (states) => {
        for (const s of states) {
          const enabled = [...system.enabled(s)].map(word);
          const possible = STEPS.filter((event) => system.next(s, event) !== undefined);
          expect(enabled.sort()).toEqual(possible.map(word).sort());
          for (const event of possible) {
            seen.add(event.type === 'act' ? event.action.name : event.type);
          }
        }
      }),
      { numRuns: 50 },
    );
    expect([...seen].sort()).toEqual(['echo', 'greet', 'hear', 'restart', 'shrug', 'tease']);
  });

  test('forgets no packet, and delivers none that was not sent', () => {
    fc.assert(
      fc.property(behaviours, (states) => {
        states.forEach((s, index) => {
          const before = states[index - 1];
          for (const sent of before?.sent.values() ?? []) {
            expect(s.sent.get(system.keyOf(sent))).toBe(sent);
          }
          for (const event of STEPS) {
            if (event.type !== 'act' || event.packet === undefined) continue;
            if (s.sent.has(system.keyOf(event.packet))) continue;
            expect(system.next(s, event)).toBeUndefined();
          }
        });
      }),
      { numRuns: 20 },
    );
  });

  test('leaves alone what does not move', () => {
    fc.assert(
      fc.property(behaviours, (states) => {
        for (const s of states) {
          for (const event of [...STEPS, ...REST]) {
            const t = system.next(s, event);
            if (t === undefined) continue;
            if (event.type !== 'advance') expect(t.time).toBe(s.time);
            const mover = event.type === 'act' || event.type === 'restart' ? event.host : undefined;
            t.hosts.forEach((h, index) => {
              if (h.me !== mover) expect(h).toBe(s.hosts[index]);
            });
            if (mover === undefined) expect(t.hosts).toBe(s.hosts);
            if (t.sent.size === s.sent.size) expect(t.sent).toBe(s.sent);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** The state after events that can all happen. */
const following = (...events: readonly GreeterEvent[]): GreeterSystem =>
  events.reduce((s, event) => {
    const t = system.next(s, event);
    if (t === undefined) throw new Error(`${word(event)} cannot happen`);
    return t;
  }, system.init());

const A_GREETS: GreeterEvent = { type: 'act', host: 'a', action: greet };
const HELLO = packet('a', 'b', 1);
const B_HEARS: GreeterEvent = { type: 'act', host: 'b', action: hear, packet: HELLO };

describe('a step of a host', () => {
  test('moves it and puts what it sends into the network', () => {
    const s = following(A_GREETS);
    expect(s.hosts[0]).toEqual({ me: 'a', greeted: 1, heard: 0, heardAt: 0 });
    expect([...s.sent.values()]).toEqual([HELLO]);
  });

  test('with a packet needs one that was sent to it', () => {
    expect(system.next(system.init(), B_HEARS)).toBeUndefined();
    expect(following(A_GREETS, B_HEARS).hosts[1]?.heard).toBe(1);
    const misled: GreeterEvent = { type: 'act', host: 'a', action: hear, packet: HELLO };
    expect(system.next(following(A_GREETS), misled)).toBeUndefined();
    const empty: GreeterEvent = { type: 'act', host: 'b', action: hear };
    expect(system.next(following(A_GREETS), empty)).toBeUndefined();
  });

  test('can be taken with the same packet again, but not against its guard', () => {
    const s = following(A_GREETS, B_HEARS);
    expect(system.next(s, B_HEARS)).toBeUndefined();
    const again: GreeterEvent = { type: 'act', host: 'b', action: echo, packet: HELLO };
    const t = following(A_GREETS, B_HEARS, again);
    expect([...t.sent.values()]).toEqual([HELLO, packet('b', 'a', 1)]);
    expect(system.next(t, again)).toBe(t);
  });

  test('reads the time, or a clock that is wrong', () => {
    const s = following(A_GREETS);
    expect(system.next(s, A_GREETS)).toBeUndefined();
    expect(system.next(s, { ...A_GREETS, now: 10 })?.hosts[0]?.greeted).toBe(2);
    const later = following(A_GREETS, { type: 'advance', by: 10 });
    expect(system.next(later, A_GREETS)?.hosts[0]?.greeted).toBe(2);
    expect(system.next(later, { ...A_GREETS, now: 9 })).toBeUndefined();
    const heard = (t: GreeterSystem, now?: number) =>
      system.next(t, now === undefined ? B_HEARS : { ...B_HEARS, now })?.hosts[1]?.heardAt;
    expect([heard(later), heard(later, 3), heard(later, -1)]).toEqual([10, 3, undefined]);
  });

  test('that changes nothing gives the very same system', () => {
    const s = following({ type: 'send', packet: packet('mallory', 'b', 3) }, A_GREETS, {
      ...B_HEARS,
      packet: packet('mallory', 'b', 3),
    });
    expect(system.next(s, { type: 'act', host: 'b', action: shrug, packet: HELLO })).toBe(s);
  });

  test('never speaks under the name of another', () => {
    const forge: LocalAction<Greeter, number> = {
      ...greet,
      step: (h) => ({ state: h, sends: [{ src: otherThan(h.me), dst: h.me, msg: 1 }] }),
    };
    const forgers = new DistributedSystem({ ...FORGETFUL, actions: [forge] });
    const event: GreeterEvent = { type: 'act', host: 'a', action: forge };
    expect(() => forgers.next(forgers.init(), event)).toThrow('a sends under the name of b');
    expect(() => [...forgers.enabled(forgers.init())]).toThrow('under the name');
  });

  test('is not taken by one who is no host', () => {
    const event: GreeterEvent = { type: 'act', host: 'mallory', action: greet };
    expect(system.next(system.init(), event)).toBeUndefined();
    expect(system.next(system.init(), { type: 'restart', host: 'mallory' })).toBeUndefined();
  });
});

describe('a restart', () => {
  test('keeps what the protocol says, and no more', () => {
    const s = following(
      A_GREETS,
      B_HEARS,
      { ...A_GREETS, host: 'b' },
      { type: 'restart', host: 'b' },
    );
    expect(s.hosts[1]).toEqual({ me: 'b', greeted: 1, heard: 0, heardAt: 0 });
    expect(s.sent.size).toBe(2);
  });

  test('does not happen where the protocol has none', () => {
    const steady = new DistributedSystem(STEADY);
    expect(steady.next(steady.init(), { type: 'restart', host: 'a' })).toBeUndefined();
    expect([...steady.enabled(steady.init())].map(({ type }) => type)).toEqual(['act', 'act']);
  });
});

describe('whoever is no host', () => {
  test('may send what it likes under its own name', () => {
    const sent = packet('mallory', 'b', 99);
    expect([...following({ type: 'send', packet: sent }).sent.values()]).toEqual([sent]);
  });

  test('may not send under the name of a host', () => {
    const event: GreeterEvent = { type: 'send', packet: HELLO };
    expect(system.next(system.init(), event)).toBeUndefined();
    expect(system.next(following(A_GREETS), event)).toBeUndefined();
  });

  test('sends the same packet again without effect', () => {
    const event: GreeterEvent = { type: 'send', packet: packet('mallory', 'a', 1) };
    const s = following(event);
    expect(system.next(s, event)).toBe(s);
  });
});

test('time only goes forward', () => {
  const s = following({ type: 'advance', by: 5 });
  expect(s.time).toBe(5);
  for (const by of [0, -5, Number.NaN]) {
    expect(system.next(s, { type: 'advance', by })).toBeUndefined();
  }
});
