/** # What the exploration of a hash table has to say */
import { describe } from '../../../protocol/sht/messages.ts';
import { extent, livenessReport, number, refusalReport, reportJson } from '../report.ts';
import { collisionProbability } from '../stateTable.ts';
import { type Explored, isRefused } from './exploration.ts';
import type { Instance } from './instance.ts';

/** What was found in an instance, as lines of text. */
export function instanceReport({
  instance,
  model,
  found,
  liveness,
  whyNotLiveness,
}: Explored): string {
  const { distinctStates, transitions, depth, seconds } = found;
  return [
    `${instance.name}: ${instance.about}`,
    ...saidIn(instance).map((line) => `  ${line}`),
    ...instance.without.map(
      ({ actions, because }) => `  without ${actions.join(', ')}: ${because}`,
    ),
    `  ${number(distinctStates)} states, ${number(transitions)} steps, ${depth} deep,`
      + ` ${seconds.toFixed(1)} s`,
    `  ${extent(found)}`,
    ...(liveness ? [`  ${livenessReport(model, liveness)}`] : []),
    ...(whyNotLiveness ? [`  Liveness: not checked, for ${whyNotLiveness}.`] : []),
    ...refusalReport(model, found),
  ].join('\n');
}

/** What clients say in an instance, such as `client1 to a: set(0,1) get(0)`. */
export function saidIn({ said }: Instance): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const { src, dst, msg } of said) {
    const who = `${src} to ${dst}`;
    lines.set(who, [...(lines.get(who) ?? []), describe(msg)]);
  }
  return [...lines].map(([who, what]) => `${who}: ${what.join(' ')}`);
}

/** What was found in all instances together, as lines of text. */
export function summary(all: readonly Explored[]): string {
  const states = sum(all, ({ found }) => found.distinctStates);
  const steps = sum(all, ({ found }) => found.transitions);
  const seconds = Math.max(
    1e-9,
    sum(all, ({ found }) => found.seconds),
  );
  const live = sum(all, ({ liveness }) => liveness?.seconds ?? 0);
  const chance = sum(all, ({ found }) => collisionProbability(found.distinctStates));
  const coverage = coverageOf(all);
  const taken = coverage.filter(([, times]) => times > 0);
  const never = coverage.filter(([, times]) => times === 0).map(([action]) => action);
  const width = Math.max(0, ...taken.map(([action]) => action.length));
  const refused = all.filter(isRefused).map(({ instance }) => instance.name);
  const cut = all
    .filter(({ found }) => found.bounds.length > 0)
    .map(({ instance }) => instance.name);
  return [
    `All together: ${number(states)} states and ${number(steps)} steps in`
      + ` ${seconds.toFixed(0)} s, ${number(states / seconds)} states/s;`
      + ` liveness took ${live.toFixed(0)} s more.`,
    ...taken.map(([action, times]) => `  ${action.padEnd(width)}  ${number(times).padStart(12)}`),
    ...(never.length > 0 ? [`Never taken: ${never.join(', ')}.`] : []),
    `Checked in every state and step: ${all[0]?.model.checks.join(' ') ?? 'nothing'}.`,
    `That two states were taken for one has a chance of ${chance.toExponential(0)}.`,
    refused.length > 0
      ? `REFUSED in ${refused.join(', ')}.`
      : cut.length > 0
        ? `Nothing was refused, but this is not all of it: ${cut.join(', ')} was cut.`
        : 'Nothing was refused, and nothing was cut: all of it is known.',
  ].join('\n');
}

const sum = (all: readonly Explored[], of: (explored: Explored) => number): number =>
  all.reduce((total, explored) => total + of(explored), 0);

/** How often each action was taken, in all instances together. */
function coverageOf(all: readonly Explored[]): (readonly [action: string, times: number])[] {
  const total = new Map<string, number>();
  for (const { found } of all) {
    for (const [action, times] of Object.entries(found.coverage)) {
      total.set(action, (total.get(action) ?? 0) + times);
    }
  }
  return [...total];
}

/** What was found, for a program: one object that JSON can hold. */
export const shtReportJson = (all: readonly Explored[]) => ({
  instances: all.map(({ instance, model, found, liveness, whyNotLiveness }) => ({
    name: instance.name,
    about: instance.about,
    hosts: instance.hosts,
    said: saidIn(instance),
    without: instance.without,
    ...reportJson(model, found, liveness),
    ...(whyNotLiveness !== undefined && { liveness: { holds: null, reason: whyNotLiveness } }),
  })),
  coverage: Object.fromEntries(coverageOf(all)),
  refused: all.some(isRefused),
});
