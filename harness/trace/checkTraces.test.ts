import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BoundaryRefusal } from '../../refinement/framework/refusal.ts';
import {
  forge,
  type Line,
  RecordedLock,
  STRANGER,
  withDirectory,
  withTraces,
} from '../testing/traces.ts';
import { checkTraces, type TraceReport } from './checkTraces.ts';
import { TraceRefusal } from './reader.ts';
import { describeReport, reportJson, verdictOf } from './report.ts';

/** The boundary and the clause of a refusal. */
function refusalIn(report: TraceReport): readonly [boundary: string, clause: string] {
  const cause = report.refusal?.cause;
  if (cause === undefined) throw new Error('nothing was refused');
  return cause instanceof BoundaryRefusal
    ? [cause.boundary, cause.clause]
    : ['trace', cause.message];
}

/** The first step of this action. */
function stepOf(lines: readonly Line[], action: string): Line {
  const line = lines.find((candidate) => candidate.action === action);
  if (line === undefined) throw new Error(`no host took ${action}`);
  return line;
}

/** The operation of this kind in a step. */
function ioOf(line: Line, op: string): Record<string, unknown> {
  const operation = line.io.find((candidate) => candidate['op'] === op);
  if (operation === undefined) throw new Error(`no ${op} in ${line.action}`);
  return operation;
}

describe('what lock servers recorded', () => {
  test('is legal', () => {
    withTraces((paths) => {
      const report = checkTraces(paths);
      expect(report.refusal).toBeUndefined();
      expect(report).toMatchObject({ service: 'Test', serviceType: 'IronLock' });
      expect(report.traces.map(({ host, ended }) => [host, ended])).toEqual([
        ['server1', true],
        ['server2', true],
        ['server3', true],
      ]);
      expect(report.specSteps).toBe(report.actions['grant']);
      expect(report.specSteps).toBeGreaterThan(10);
      expect(report.actions['ignore']).toBeGreaterThan(0);
      expect(report.sent).toBeGreaterThanOrEqual(report.received - 1);
      expect(describeReport(report)).toContain('LEGAL');
      const { B0, ...others } = report.checked;
      expect(B0).toBeGreaterThan(report.received);
      expect(others).toMatchObject({ B1: report.steps, B2: report.steps, B3: report.steps });
      expect(describeReport(report)).toContain(
        `allowed at B0 (${B0} messages, without their frames), B1 (${report.steps} steps), B2`,
      );
      expect(JSON.parse(reportJson(report))).toMatchObject({
        verdict: 'legal',
        steps: report.steps,
      });
    });
  });

  test('proves nothing if no host took a step', () => {
    withDirectory((directory) => {
      const lock = new RecordedLock(directory);
      lock.close();
      const report = checkTraces(lock.paths);
      expect(verdictOf(report)).toBe('vacuous');
      expect(describeReport(report)).toMatch(/^NOTHING CHECKED: .* no host of service Test took/);
      expect(JSON.parse(reportJson(report))).toMatchObject({ verdict: 'vacuous', steps: 0 });
    });
  });

  test('is listed only at boundaries where something was checked', () => {
    withDirectory((directory) => {
      const lock = new RecordedLock(directory);
      for (const { host, writer } of lock.hosts) {
        writer.watch({ receive: () => undefined, readClock: () => 0, send: () => {} }).receive();
        writer.endStep('idle', host.snapshot());
      }
      lock.close();
      expect(describeReport(checkTraces(lock.paths))).toMatch(
        /is allowed at B1 \(3 steps\), B2 \(3 steps\), B3 \(3 steps\)\n/,
      );
    });
  });

  test('is read with word of how far the work is', () => {
    withTraces((paths) => {
      const told: (readonly [bytes: number, total: number, steps: number])[] = [];
      const { steps } = checkTraces(paths, false, (...progress) => told.push(progress), 1);
      const total = paths.reduce((sum, path) => sum + statSync(path).size, 0);
      expect(told[0]?.[2]).toBe(0);
      expect(told.at(-1)?.[2]).toBeLessThan(steps);
      for (const [bytes, of] of told) {
        expect(bytes).toBeLessThanOrEqual(total);
        expect(of).toBe(total);
      }
    });
  });

  test('is the same in whatever order the traces are given', () => {
    withTraces(([a, b, c]) => {
      expect(checkTraces([c, a, b])).toEqual(checkTraces([a, b, c]));
    });
  });

  test('is legal up to any moment at which all servers were killed', () => {
    withDirectory((directory) => {
      const lock = new RecordedLock(directory);
      lock.run(7);
      lock.close(false);
      const report = checkTraces(lock.paths);
      expect(report.refusal).toBeUndefined();
      expect(report.traces.map(({ ended }) => ended)).toEqual([false, false, false]);
      expect(describeReport(report)).toContain('was the server killed?');
    });
  });

  test('may end in a torn line if that is allowed', () => {
    withTraces((paths) => {
      const last = readFileSync(paths[0]);
      writeFileSync(paths[0], last.subarray(0, -5));
      expect(refusalIn(checkTraces(paths))).toEqual(['trace', expect.stringContaining('torn')]);
      expect(checkTraces(paths, true).refusal).toBeUndefined();
    });
  });

  test('is refused as soon as one byte of it changes', () => {
    withTraces((paths) => {
      const original = readFileSync(paths[1]);
      const changed = Buffer.from(original);
      changed[1000] = (changed[1000] ?? 0) ^ 1;
      writeFileSync(paths[1], changed);
      const { refusal } = checkTraces(paths);
      expect(refusal?.cause).toBeInstanceOf(TraceRefusal);
      expect(refusal?.path).toBe(paths[1]);
      expect(refusal?.line).toBe(original.subarray(0, 1000).toString().split('\n').length);
    });
  });
});

const ORDER = 'a step receives, then learns the time at most once, then sends: R* (C|T)? S*';
const SEVEN = '00000000000000000000000000000007';

describe('a trace that was changed and sealed again', () => {
  test.each<[string, (lines: Line[]) => unknown, string, string]>([
    [
      'a recorded state has another epoch',
      (lines) => Object.assign(stepOf(lines, 'accept').state, { epoch: 7 }),
      'B1',
      'the host is in the state that the protocol says',
    ],
    [
      'a host kept the lock that it granted',
      (lines) => Object.assign(stepOf(lines, 'grant').state, { held: true }),
      'B1',
      'the host is in the state that the protocol says',
    ],
    [
      'a host began with the lock that another one has',
      ([header]) => Object.assign(header?.start ?? {}, { held: true }),
      'B1',
      'the host begins as the protocol says',
    ],
    [
      'a transfer offers another epoch',
      (lines) => Object.assign(ioOf(stepOf(lines, 'grant'), 'S'), { bytes: SEVEN }),
      'B1',
      'the host sends what the protocol says',
    ],
    [
      'a transfer goes to another host',
      (lines) => Object.assign(ioOf(stepOf(lines, 'grant'), 'S'), { dst: 0 }),
      'B1',
      'the host sends what the protocol says',
    ],
    [
      'a packet that was sent has disappeared from its step',
      (lines) => stepOf(lines, 'accept').io.pop(),
      'B1',
      'the host sends what the protocol says',
    ],
    [
      'a host received what nobody sent',
      (lines) => Object.assign(ioOf(stepOf(lines, 'ignore'), 'R'), { src: 0 }),
      'B4',
      'a packet is received only after it was sent: server1>server2:invalid',
    ],
    [
      'a host accepted from a stranger',
      (lines) => Object.assign(ioOf(stepOf(lines, 'accept'), 'R'), { src: STRANGER }),
      'B1',
      'the action may be taken: it comes from a host',
    ],
    [
      'a step is called by another name',
      (lines) => Object.assign(stepOf(lines, 'accept'), { action: 'ignore' }),
      'B1',
      'the action may be taken: the packet is not to be accepted',
    ],
    [
      'a step has a name that nobody knows',
      (lines) => Object.assign(stepOf(lines, 'accept'), { action: 'steal' }),
      'B1',
      'the action is one of the protocol',
    ],
    [
      'a host sent before it received',
      (lines) => stepOf(lines, 'accept').io.reverse(),
      'B2',
      `${ORDER}: this one did S R`,
    ],
    [
      'a host read its clock twice',
      (lines) => stepOf(lines, 'grant').io.unshift({ op: 'C', now: 1 }),
      'B2',
      `${ORDER}: this one did C C S`,
    ],
    [
      'a step is left out',
      (lines) => {
        lines.splice(lines.indexOf(stepOf(lines, 'accept')), 1);
        lines.pop();
      },
      'B1',
      'the action may be taken: the host holds the lock',
    ],
    [
      'a recorded state has something that no lock host has',
      (lines) => Object.assign(stepOf(lines, 'accept').state, { keys: 3 }),
      'trace',
      'state is not as this service records it: Unrecognized key: "keys"',
    ],
  ])('is refused where %s', (_, change, boundary, clause) => {
    withTraces((paths) => {
      forge(paths[1], change);
      const report = checkTraces(paths);
      expect(refusalIn(report)).toEqual([boundary, clause]);
      expect(report.refusal?.path).toBe(paths[1]);
      expect(describeReport(report)).toMatch(
        `REFUSED: ${paths[1]}, line ${report.refusal?.line}\n`,
      );
      expect(JSON.parse(reportJson(report))).toMatchObject({
        verdict: 'refused',
        refusal: { clause, line: report.refusal?.line },
      });
    });
  });

  test('is refused where others received what it no longer says was sent', () => {
    withTraces((paths) => {
      forge(paths[1], (lines) => lines.splice(5));
      const report = checkTraces(paths);
      const [boundary, clause] = refusalIn(report);
      expect([boundary, clause]).toEqual([
        'B4',
        expect.stringMatching(/^a packet is received only after it was sent: server2>/),
      ]);
      expect(report.refusal?.path).not.toBe(paths[1]);
      expect(describeReport(report)).toContain(`${paths[1]} has no last line: if its server`);
    });
  });

  test('names the host by its friendly name, and the place where the states part', () => {
    withTraces((paths) => {
      forge(paths[1], (lines) => Object.assign(stepOf(lines, 'accept').state, { epoch: 7 }));
      expect(describeReport(checkTraces(paths))).toMatch(
        /server2 accept\n.*\n +at +\.epoch\n +expected +2\n +actual +7/,
      );
    });
  });
});
