import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../harness/testing/refusalOf.ts';
import { type Greeting, greeters, hello, silent } from '../../harness/testing/watchedGreeters.ts';
import { clause } from '../../spec/framework/verdict.ts';

const HELLO = hello('a', 'b', 1);

/** Laws that break when b hears a's greeting and answers, each of its own kind. */
const BROKEN: readonly [kind: string, changes: Partial<Greeting>, about?: string][] = [
  [
    'packet',
    { packetInvariants: { X: (p) => clause('there is no packet', p.dst === 'b') } },
    'b>a:hello(1)',
  ],
  ['host', { hostInvariants: { X: (h) => clause('there is no host', h.heard < 1) } }, 'b'],
  [
    'host',
    {
      hostInvariants: {
        X: (_h, { states }, at) => clause('there is no host', at === 0 || states[at]?.heard === 0),
      },
    },
    'b',
  ],
  [
    'system',
    { systemInvariants: { X: ({ states }) => clause('there is no system', !states[1]?.heard) } },
  ],
  [
    'sample',
    {
      sampledInvariants: {
        X: ({ ghost }) => clause('there is no sample', ghost.packets.length < 2),
      },
    },
  ],
  ['step', { stepInvariants: { X: (h) => clause('there is no step', h.me === 'a') } }],
];

describe('the monitor of a system asks the laws', () => {
  test.each(BROKEN)('of each %s, and refuses at B3 by their number', (kind, changes, about) => {
    const monitor = greeters(changes, 1);
    monitor.take(0, 'greet');
    const answers = { state: { ...silent('b'), heard: 1 }, sends: [hello('b', 'a', 1)] };
    const refusal = refusalOf(() => monitor.act(1, 'hear', HELLO, answers));
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', `X: there is no ${kind}`]);
    const place = { host: 'b', step: 1, action: 'hear' };
    expect(refusal.place).toEqual(about === undefined ? place : { ...place, about });
  });

  test('of the beginning too', () => {
    const never = () => clause('there is nothing', false);
    const host = refusalOf(() => greeters({ hostInvariants: { X: never } }));
    expect([host.clause, host.place.about]).toEqual(['X: there is nothing', 'a']);
    const system = refusalOf(() => greeters({ systemInvariants: { X: never } }));
    expect(system.clause).toBe('X: there is nothing');
  });

  /** A monitor whose laws say what they are asked. */
  const listening = (sampleEvery?: number) => {
    const asked: string[] = [];
    const say = (what: string): undefined => void asked.push(what);
    const monitor = greeters(
      {
        correspondence: ({ msg }, { packets }) => say(`agrees ${msg} of ${packets.length}`),
        packetInvariants: {
          X: ({ msg }, { ghost, states }) =>
            say(
              `packet ${msg} of ${ghost.packets.length}, ${states.map((h) => h.greeted).join('')}`,
            ),
        },
        hostInvariants: {
          X: (h, { ghost }, host) =>
            say(`${h.me}${host} greeted ${h.greeted} of ${ghost.greetings}`),
        },
        stepInvariants: { X: (h, after) => say(`${h.me} greeted ${h.greeted}→${after.greeted}`) },
        systemInvariants: {
          X: ({ states }) => say(`all ${states.map((h) => h.greeted).join('')}`),
        },
        sampledInvariants: { X: ({ ghost }) => say(`sample of ${ghost.packets.length}`) },
      },
      sampleEvery,
    );
    return { monitor, asked: (): readonly string[] => asked.splice(0) };
  };

  test('of what a step may have changed, when all of it has happened, and of nothing else', () => {
    const { monitor, asked } = listening();
    expect(asked()).toEqual(['a0 greeted 0 of 0', 'b1 greeted 0 of 0', 'all 00']);
    const twice = { state: { ...silent('a'), greeted: 1 }, sends: [HELLO, hello('a', 'b', 2)] };
    monitor.act(0, 'greet', undefined, twice);
    // A step of the specification may change what is true of any host.
    expect(asked()).toEqual([
      'a greeted 0→1',
      'a0 greeted 1 of 1',
      'b1 greeted 0 of 1',
      'all 10',
      'agrees 1 of 2',
      'packet 1 of 2, 10',
      'agrees 2 of 2',
      'packet 2 of 2, 10',
    ]);
    monitor.take(1, 'hear', HELLO);
    expect(asked()).toEqual(['b greeted 0→0', 'b1 greeted 0 of 1', 'all 10']);
    monitor.take(1, 'echo', HELLO);
    expect(asked()).toEqual(['b1 greeted 0 of 1', 'all 10', 'agrees 1 of 3', 'packet 1 of 3, 10']);
    // What was sent before is not asked again.
    monitor.take(1, 'echo', HELLO);
    expect(asked()).toEqual([]);
    monitor.hear(hello('mallory', 'a', 3));
    expect(asked()).toEqual(['agrees 3 of 5', 'packet 3 of 5, 10']);
    monitor.hear(hello('mallory', 'a', 3));
    expect(asked()).toEqual([]);
  });

  test('but not those of steps when a host starts again', () => {
    const { monitor, asked } = listening();
    monitor.take(0, 'greet');
    monitor.hear(hello('mallory', 'a', 3));
    monitor.take(0, 'hear', hello('mallory', 'a', 3));
    asked();
    monitor.restart(0);
    expect(asked()).toEqual(['a0 greeted 1 of 1', 'all 10']);
    expect(monitor.states[0]?.heard).toBe(0);
  });

  test('that take long after every so many steps, whatever the steps', () => {
    const { monitor, asked } = listening(3);
    const samples = [1, 2, 3, 4, 5, 6, 7].map(() => {
      asked();
      monitor.restart(0);
      return asked().filter((what) => what.startsWith('sample')).length;
    });
    expect(samples).toEqual([0, 0, 1, 0, 0, 1, 0]);
    for (const every of [0, -1, Number.NaN]) expect(() => greeters({}, every)).toThrow(RangeError);
  });

  test('all that are not of packets or steps, when it is told to', () => {
    const { monitor, asked } = listening();
    monitor.take(0, 'greet');
    asked();
    monitor.checkAll();
    expect(asked()).toEqual(['a0 greeted 1 of 1', 'b1 greeted 0 of 1', 'all 10', 'sample of 1']);
    const broken = greeters({ sampledInvariants: { X: () => clause('there is no end', false) } });
    const refusal = refusalOf(() => broken.checkAll());
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', 'X: there is no end']);
    expect(refusal.place).toEqual({ host: 'the system', step: 0, action: 'is checked' });
  });
});
