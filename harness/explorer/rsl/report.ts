/** # What the exploration of a replicated service has to say */

import { extent, livenessReport, number, refusalReport, reportJson } from '../report.ts';
import { collisionProbability } from '../stateTable.ts';
import { type Explored, isRefused } from './exploration.ts';
import { replicasOf, type Size, showSize } from './instance.ts';
import { SAMPLE_EVERY } from './model.ts';
import type { Omission, Part } from './parts.ts';

/** What was found in an instance, as lines of text; if its part was told of before, in fewer. */
export function instanceReport(explored: Explored, isKnown = false): string {
  const { part, size, model, found, standFor, liveness, whyNotLiveness } = explored;
  const { distinctStates, transitions, depth, seconds } = found;
  const saved =
    standFor === undefined || standFor === distinctStates
      ? ''
      : ` (for ${number(standFor)}: ${(standFor / distinctStates).toFixed(1)} times as many)`;
  return [
    `${part.name}: ${showSize(size)}`,
    ...(isKnown ? [] : partReport(part, size)),
    `  ${number(distinctStates)} states${saved}, ${number(transitions)} steps, ${depth} deep,`
      + ` ${seconds.toFixed(1)} s`,
    `  ${extent(found)}`,
    ...(liveness ? [`  ${livenessReport(model, liveness)}`] : []),
    ...(whyNotLiveness ? [`  Liveness: not checked, for ${whyNotLiveness}.`] : []),
    ...refusalReport(model, found),
  ].join('\n');
}

const partReport = ({ about, before, without, stopped }: Part, size: Size): string[] => [
  `  ${about}`,
  `  begins when ${before}`,
  ...without.map((omission) => `  without ${omissionReport(omission, size)}`),
  ...(stopped ? [`  stopped for good: ${namesAt(stopped, size)}`] : []),
];

const namesAt = (places: readonly number[], size: Size): string =>
  places.map((place) => replicasOf(size)[place]).join(', ');

function omissionReport({ actions, because, except }: Omission, size: Size): string {
  const kept = except ? ` (but at ${namesAt(except(size), size)})` : '';
  return `${actions.join(', ')}${kept}: ${because}`;
}

/** What was found in all instances together, as lines of text. */
export function summary(all: readonly Explored[]): string {
  const states = sum(all, ({ found }) => found.distinctStates);
  const stand = sum(all, ({ found, standFor = found.distinctStates }) => standFor);
  const seconds = sum(all, ({ found }) => found.seconds);
  const live = sum(all, ({ liveness }) => liveness?.seconds ?? 0);
  const chance = sum(all, ({ found }) => collisionProbability(found.distinctStates));
  const coverage = coverageOf(all);
  const taken = coverage.filter(([, times]) => times > 0);
  const width = Math.max(0, ...taken.map(([action]) => action.length));
  const never = coverage.filter(([, times]) => times === 0).map(([action]) => action);
  const refused = all.filter(isRefused).map(({ part, size }) => `${part.name} (${showSize(size)})`);
  const cut = all.filter(({ found }) => found.bounds.length > 0).map(({ part }) => part.name);
  return [
    `All together: ${number(states)} states for ${number(stand)} in ${seconds.toFixed(0)} s,`
      + ` ${number(states / Math.max(seconds, 1e-9))} states/s;`
      + ` liveness took ${live.toFixed(0)} s more.`,
    ...taken.map(([action, times]) => `  ${action.padEnd(width)}  ${number(times).padStart(12)}`),
    ...(never.length > 0 ? [`Never taken: ${never.join(', ')}.`] : []),
    `Checked in every state and step: ${checksOf(all).join(' ')};`
      + ` those that take long also of everything, in one state of ${SAMPLE_EVERY}.`,
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

/** B3, B4, and the laws in the order of their numbers. */
const checksOf = (all: readonly Explored[]): readonly string[] =>
  [...new Set(all.flatMap(({ model }) => model.checks))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );

/** What was found, for a program: one object that JSON can hold. */
export const rslReportJson = (all: readonly Explored[]) => ({
  instances: all.map(({ part, size, model, found, standFor, liveness, whyNotLiveness }) => ({
    part: part.name,
    about: part.about,
    before: part.before,
    size,
    standFor: standFor ?? null,
    without: part.without.map(({ actions, because, except }) => ({
      actions,
      because,
      exceptAt: except?.(size).map((place) => replicasOf(size)[place]) ?? [],
    })),
    ...reportJson(model, found, liveness),
    ...(whyNotLiveness !== undefined && { liveness: { holds: null, reason: whyNotLiveness } }),
  })),
  coverage: Object.fromEntries(coverageOf(all)),
  refused: all.some(isRefused),
});
