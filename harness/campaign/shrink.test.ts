import { describe, expect, test } from 'vitest';
import { SystemRefusal } from '../../refinement/framework/refusal.ts';
import { noFaultsYet } from '../simulation/faults.ts';
import type { Behaviours, Outcome } from './behaviour.ts';
import type { Schedule, ScheduledEvent } from './schedule.ts';
import { shrink } from './shrink.ts';

/** Hosts a, b and c, whose steps are events with one number each. */
const step = (clock: number): ScheduledEvent => ({ step: 'abc'[clock % 3] ?? 'a', clock });
const scheduleOf = (clocks: readonly number[]): Schedule => ({ events: clocks.map(step) });
const clocksOf = ({ events }: Schedule): readonly number[] =>
  events.map((event) => ('clock' in event ? event.clock : -1));
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

const refusalBy = (law: string, clause: string): SystemRefusal =>
  new SystemRefusal(
    { host: 'a', step: 0, action: 'x' },
    { failed: law, because: [{ failed: clause }] },
  );

/** A service that is refused or not according to the numbers; counts how often it is asked. */
function judged(
  judge: (clocks: readonly number[]) => SystemRefusal | undefined,
  useful?: readonly number[],
) {
  let events = 0;
  const outcome = (schedule: Schedule): Outcome => {
    events += schedule.events.length;
    const made = {
      events: schedule.events.filter(
        (event) => 'clock' in event && (useful === undefined || useful.includes(event.clock)),
      ),
    };
    return {
      seen: { steps: 0, specSteps: 0, packets: 0, messages: 0, actions: {} },
      anyStateSteps: 0,
      faults: noFaultsYet(),
      sometimes: {},
      requests: 0,
      testimony: undefined,
      refused: {},
      clauses: {},
      promise: undefined,
      refusal: judge(clocksOf(made)),
      anyState: false,
      digest: '',
      schedule: made,
      story: [],
    };
  };
  const behaviours: Behaviours = { never: [], run: () => outcome(scheduleOf([])), replay: outcome };
  return { behaviours, asked: () => events };
}

const LAW = refusalBy('R5', 'nobody lies');

describe('shrinking', () => {
  test('leaves only what the refusal needs', () => {
    const needs = [17, 41, 42, 199];
    const { behaviours } = judged((clocks) =>
      needs.every((clock) => clocks.includes(clock)) ? LAW : undefined,
    );
    expect(clocksOf(shrink(behaviours, scheduleOf(upTo(200)), LAW).schedule)).toEqual(needs);
  });

  test('leaves nothing where nothing is needed', () => {
    const { behaviours } = judged(() => LAW);
    expect(shrink(behaviours, scheduleOf(upTo(50)), LAW).schedule.events).toEqual([]);
  });

  test('leaves out in one go whatever came to nothing', () => {
    const { behaviours } = judged((clocks) => (clocks.includes(7) ? LAW : undefined), [7, 8, 9]);
    const { schedule } = shrink(behaviours, scheduleOf(upTo(300)), LAW);
    expect(clocksOf(schedule)).toEqual([7]);
  });

  test('keeps the clause as long as it can, and after that at least the law', () => {
    const other = refusalBy('R5', 'nobody cheats');
    const elsewhere = refusalBy('R6', 'nobody lies');
    const { behaviours } = judged((clocks) => {
      if (clocks.includes(5) && clocks.includes(6)) return LAW;
      if (clocks.includes(5)) return other;
      return clocks.includes(30) ? elsewhere : undefined;
    });
    const { schedule, outcome } = shrink(behaviours, scheduleOf(upTo(60)), LAW);
    expect(clocksOf(schedule)).toEqual([5]);
    expect(outcome.refusal?.clause).toBe('R5: nobody cheats');
  });

  test('goes by what it finds where the schedule is refused for another reason at once', () => {
    const { behaviours } = judged((clocks) => (clocks.includes(3) ? LAW : undefined));
    const wanted = refusalBy('R6', 'nobody lies');
    const { schedule, outcome } = shrink(behaviours, scheduleOf(upTo(20)), wanted);
    expect(clocksOf(schedule)).toEqual([3]);
    expect(outcome.refusal).toBe(LAW);
  });

  test('gives a schedule back that is not refused', () => {
    const { behaviours } = judged(() => undefined);
    const schedule = scheduleOf(upTo(9));
    expect(shrink(behaviours, schedule, LAW)).toMatchObject({
      schedule,
      outcome: { refusal: undefined },
    });
  });

  test('ends, although nearly everything is needed', () => {
    const needed = (clock: number): boolean => clock % 100 !== 50;
    const { behaviours, asked } = judged((clocks) =>
      clocks.filter(needed).length === 891 ? LAW : undefined,
    );
    const { schedule } = shrink(behaviours, scheduleOf(upTo(900)), LAW);
    expect(asked()).toBeLessThan(3_100_000);
    expect(schedule.events.length).toBeLessThan(900);
  });
});
