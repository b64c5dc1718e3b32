/**
 * # What came of checking traces, for people and for programs
 */
import { BOUNDARIES, BoundaryRefusal, PacketRefusal } from '../../refinement/framework/refusal.ts';
import type { CheckedTrace, FoundRefusal, TraceReport } from './checkTraces.ts';

/** For people. */
export function describeReport(report: TraceReport): string {
  const { refusal } = report;
  if (refusal !== undefined) return describeRefusal(refusal, report);
  const boundaries = Object.keys(BOUNDARIES).filter((name) => name.startsWith('B'));
  return [
    `LEGAL: what service ${report.service} (${report.serviceType}) did is allowed at every boundary: `
      + boundaries.join(' '),
    ...report.traces.map(describeTrace),
    figures(report),
  ].join('\n');
}

function describeRefusal({ path, line, cause }: FoundRefusal, report: TraceReport): string {
  const text = cause instanceof BoundaryRefusal ? cause.message : `  ✗ ${cause.message}`;
  return [
    `REFUSED: ${path}, line ${line}`,
    text,
    ...(cause instanceof PacketRefusal && cause.clause.startsWith(UNSENT)
      ? stillRunning(report)
      : []),
    figures(report),
  ].join('\n');
}

/** What a trace that was read while its server went on writing is refused for. */
const UNSENT = 'a packet is received only after it was sent';

const stillRunning = ({ traces }: TraceReport): readonly string[] =>
  traces
    .filter(({ ended }) => !ended)
    .map(({ path }) => `  ${path} has no last line: if its server still runs, stop it first.`);

const describeTrace = ({ host, path, steps, ended }: CheckedTrace): string =>
  `  ${host}: ${count(steps)} steps in ${path}${ended ? '' : NO_END}`;

const NO_END = ', which has no last line: was the server killed?';

function figures({ steps, specSteps, sent, received, actions }: TraceReport): string {
  const taken = Object.entries(actions).filter(([, times]) => times > 0);
  const list = taken.map(([action, times]) => `${action} ${count(times)}`).join(', ');
  return (
    `Checked ${count(steps)} steps${list && ` (${list})`}, ${count(specSteps)} of them steps of the `
    + `specification; ${count(sent)} messages sent, ${count(received)} received`
  );
}

const count = (number: number): string => number.toLocaleString('en');

/** For programs: one line of JSON. */
export function reportJson({ refusal, ...report }: TraceReport): string {
  return JSON.stringify({
    verdict: refusal === undefined ? 'legal' : 'refused',
    ...report,
    ...(refusal && { refusal: refusalJson(refusal) }),
  });
}

function refusalJson({ path, line, cause }: FoundRefusal): unknown {
  if (!(cause instanceof BoundaryRefusal)) return { path, line, clause: cause.message };
  const { boundary, clause, place, difference, message } = cause;
  return { path, line, boundary, clause, place, difference, message };
}
