/**
 * # What came of checking traces, for people and for programs
 */
import { BoundaryRefusal, PacketRefusal } from '../../refinement/framework/refusal.ts';
import type { CheckedBoundaries, CheckedTrace, FoundRefusal, TraceReport } from './checkTraces.ts';

/**
 * The verdict in one word, from which the exit code follows. Traces without a step prove nothing:
 * they are vacuous.
 */
export function verdictOf({ refusal, steps }: TraceReport): 'legal' | 'refused' | 'vacuous' {
  if (refusal !== undefined) return 'refused';
  return steps > 0 ? 'legal' : 'vacuous';
}

/** For people. */
export function describeReport(report: TraceReport): string {
  const { refusal } = report;
  if (refusal !== undefined) return describeRefusal(refusal, report);
  const verdict =
    verdictOf(report) === 'vacuous'
      ? `NOTHING CHECKED: in these traces no host of service ${report.service} took a step`
      : `LEGAL: what service ${report.service} (${report.serviceType}) did is allowed at `
        + boundaries(report.checked);
  return [verdict, ...report.traces.map(describeTrace), figures(report)].join('\n');
}

/** The boundaries at which there was anything to check, and how much. */
const boundaries = ({ B0, B1, B2, B3, B4 }: CheckedBoundaries): string =>
  [
    B0 > 0 && `B0 (${count(B0)} messages, without their frames)`,
    B1 > 0 && `B1 (${count(B1)} steps)`,
    B2 > 0 && `B2 (${count(B2)} steps)`,
    B3 > 0 && `B3 (${count(B3)} steps)`,
    B4 > 0 && `B4 (${count(B4)} different packets)`,
  ]
    .filter((boundary) => boundary !== false)
    .join(', ');

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
export function reportJson(report: TraceReport): string {
  const { refusal, ...figures } = report;
  return JSON.stringify({
    verdict: verdictOf(report),
    ...figures,
    ...(refusal && { refusal: refusalJson(refusal) }),
  });
}

function refusalJson({ path, line, cause }: FoundRefusal): unknown {
  if (!(cause instanceof BoundaryRefusal)) return { path, line, clause: cause.message };
  const { boundary, clause, place, difference, message } = cause;
  return { path, line, boundary, clause, place, difference, message };
}
