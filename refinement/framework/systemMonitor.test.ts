import { describe, expect, test } from 'vitest';
import { clausesOf, untried } from '../../harness/testing/clauses.ts';
import { FORGETFUL, type Greeter, STEADY } from '../../harness/testing/greeters.ts';
import { refusalOf } from '../../harness/testing/refusalOf.ts';
import {
  type Greeters,
  type Greeting,
  greeters,
  hello,
  silent,
} from '../../harness/testing/watchedGreeters.ts';
import { clause } from '../../spec/framework/verdict.ts';

const HELLO = hello('a', 'b', 1);

describe('the monitor of a system', () => {
  test('knows where a behaviour has led, and what there was in it', () => {
    const monitor = greeters();
    monitor.take(0, 'greet');
    monitor.take(1, 'hear', HELLO);
    monitor.take(1, 'echo', HELLO);
    monitor.hear(hello('mallory', 'a', 7));
    monitor.take(0, 'hear', hello('mallory', 'a', 7));
    monitor.restart(0);
    expect(monitor.states).toEqual([
      { me: 'a', greeted: 1, heard: 0, heardAt: 0 },
      { me: 'b', greeted: 0, heard: 1, heardAt: 100 },
    ]);
    expect(monitor.spec).toBe(1);
    expect(monitor.ghost.packets).toEqual([HELLO, hello('b', 'a', 1), hello('mallory', 'a', 7)]);
    expect(monitor.seen).toEqual({
      steps: 5,
      specSteps: 1,
      packets: 3,
      actions: { greet: 1, hear: 2, echo: 1, tease: 0, shrug: 0, restart: 1 },
    });
  });

  test('counts restarts only where hosts may start again', () => {
    const monitor = greeters({ protocol: STEADY });
    expect(Object.keys(monitor.seen.actions)).not.toContain('restart');
    expect(() => monitor.restart(0)).toThrow(RangeError);
  });

  test('knows only the hosts of the configuration', () => {
    expect(() =>
      greeters().act(2, 'greet', undefined, { state: {} as Greeter, sends: [] }),
    ).toThrow(RangeError);
    expect(() => greeters().restart(-1)).toThrow(RangeError);
  });

  test('tells packets apart by what they say, not by how they read', () => {
    const monitor = greeters({ protocol: { ...FORGETFUL, describe: () => 'hello' } });
    monitor.take(0, 'greet');
    const step = { state: monitor.states[1] as Greeter, sends: [] };
    const refusal = refusalOf(() => monitor.act(1, 'hear', hello('a', 'b', 2), step));
    expect(refusal.clause).toBe('a packet is received only after it was sent: a>b:hello');
    monitor.take(0, 'greet');
    expect(monitor.seen.packets).toBe(2);
  });
});

type Row = readonly [what: string, clause: string, act: (monitor: Greeters) => void];

const REFUSED: readonly Row[] = [
  [
    'a packet that nobody sent',
    'B4 a packet is received only after it was sent: a>b:hello(2)',
    (m) => m.take(1, 'hear', hello('a', 'b', 2)),
  ],
  [
    'a packet that another sent',
    'B4 a packet is received only after it was sent: mallory>b:hello(1)',
    (m) => m.take(1, 'hear', hello('mallory', 'b', 1)),
  ],
  [
    'a packet that was sent to another',
    'B4 a packet comes to whom it was sent: a>b:hello(1)',
    (m) => m.act(0, 'hear', HELLO, { state: silent('a'), sends: [] }),
  ],
  [
    'a host that speaks under the name of another',
    'B4 a host sends under its own name: a>b:hello(1)',
    (m) => m.act(1, 'echo', undefined, { state: silent('b'), sends: [HELLO] }),
  ],
  [
    'a stranger that speaks under the name of a host',
    'B4 nobody sends under the name of a host',
    (m) => m.hear(HELLO),
  ],
];

describe('the monitor of a system refuses', () => {
  test.each(REFUSED)('%s', (_, law, act) => {
    const monitor = greeters();
    monitor.take(0, 'greet');
    const { boundary, clause: broken, place } = refusalOf(() => act(monitor));
    expect(`${boundary} ${broken}`).toBe(law);
    expect(place.step).toBe(1);
  });

  test('a beginning that is none of the specification', () => {
    const refusal = refusalOf(() => greeters({ spec: () => 1 }));
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', 'nobody has greeted']);
    expect(refusal.place).toEqual({ host: 'the system', step: 0, action: 'begins' });
  });

  test('a step that is none of the specification, also of a stranger', () => {
    const monitor = greeters({ spec: ({ packets }) => 2 * packets.length });
    const refusal = refusalOf(() => monitor.take(1, 'greet'));
    const law = 'the step is one of the specification: there is one greeting more';
    expect([refusal.boundary, refusal.clause]).toEqual(['B3', law]);
    expect(refusal.place).toEqual({ host: 'b', step: 0, action: 'greet' });
    const other = greeters({ spec: ({ packets }) => 2 * packets.length });
    const heard = refusalOf(() => other.hear(hello('mallory', 'b', 1)));
    expect([heard.clause, heard.place.host, heard.place.action]).toEqual([law, 'mallory', 'sends']);
  });

  test('a packet that contradicts the specification, whoever sent it', () => {
    const correspondence: Greeting['correspondence'] = ({ msg }, { greetings }) =>
      clause('nobody counts further', msg <= greetings);
    const monitor = greeters({ correspondence });
    monitor.take(0, 'greet');
    const refusal = refusalOf(() => monitor.hear(hello('mallory', 'b', 3)));
    expect([refusal.boundary, refusal.clause]).toEqual(['B4', 'nobody counts further']);
    const about = 'mallory>b:hello(3)';
    expect(refusal.place).toEqual({ host: 'mallory', step: 1, action: 'sends', about });
  });
});

test('every clause of the monitor of a system has been seen to fail', () => {
  const seen = [
    ...REFUSED.map(([, law]) => law.slice('B4 '.length).replace(/: .*/, '')),
    'the step is one of the specification',
  ];
  expect(untried(clausesOf(new URL('./systemMonitor.ts', import.meta.url)), seen)).toEqual([]);
});
