import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../impl/framework/usageError.ts';
import {
  forge,
  type Line,
  RecordedLock,
  RING,
  STRANGER,
  withDirectory,
} from '../testing/traces.ts';
import { LineReader } from './lines.ts';
import { type RecordedStep, TraceReader, TraceRefusal } from './reader.ts';

/**
 * Calls `use` with the trace of a host that has accepted and granted, and heard from a stranger.
 */
const withTrace = <T>(use: (path: string) => T): T =>
  withDirectory((directory) => {
    const lock = new RecordedLock(directory);
    lock.post(STRANGER, RING[1] ?? '', Uint8Array.of(0xff));
    lock.run(4);
    lock.close();
    return use(lock.paths[1] ?? '');
  });

function readAll(path: string, allowTorn = false) {
  const reader = TraceReader.open(path, allowTorn);
  try {
    const steps: RecordedStep[] = [];
    for (let step = reader.next(); step; step = reader.next()) steps.push(step);
    return { steps, header: reader.header, ended: reader.ended };
  } finally {
    reader.close();
  }
}

function isRefused(path: string): boolean {
  try {
    readAll(path);
    return false;
  } catch (error) {
    if (error instanceof TraceRefusal) return true;
    throw error;
  }
}

describe('reading a trace', () => {
  test('gives back what was recorded', () => {
    withTrace((path) => {
      const { steps, header, ended } = readAll(path);
      expect(header).toMatchObject({
        service: 'Test',
        serviceType: 'IronLock',
        host: 1,
        start: { held: false, epoch: 0 },
      });
      expect(header.hosts.map((host) => host.endPoint)).toEqual(RING);
      expect(ended).toBe(true);
      expect(steps.slice(0, 3)).toEqual([
        {
          host: 1,
          line: 2,
          action: 'ignore',
          io: [{ op: 'R', src: STRANGER, bytes: 'ff' }],
          state: { held: false, epoch: 0 },
        },
        {
          host: 1,
          line: 3,
          action: 'accept',
          io: [
            { op: 'R', src: 0, bytes: '00000000000000000000000000000002' },
            { op: 'S', dst: 0, bytes: '00000000000000010000000000000002' },
          ],
          state: { held: true, epoch: 2 },
        },
        {
          host: 1,
          line: 4,
          action: 'grant',
          io: [
            { op: 'C', now: 8 },
            { op: 'S', dst: 2, bytes: '00000000000000000000000000000003' },
          ],
          state: { held: false, epoch: 2, offeredAt: 8 },
        },
      ]);
    });
  });

  test('notices any one byte that changes', () => {
    withTrace((path) => {
      const original = readFileSync(path);
      const unnoticed: number[] = [];
      for (const [at, byte] of original.entries()) {
        for (const other of [byte ^ (1 << (at % 8)), at % 3 === 0 ? 0x0a : 0xff]) {
          const changed = Buffer.from(original);
          changed[at] = other;
          writeFileSync(path, changed);
          if (other !== byte && !isRefused(path)) unnoticed.push(at);
        }
      }
      expect(unnoticed).toEqual([]);
    });
  }, 60_000);

  test('notices lines that are left out, repeated or exchanged', () => {
    withTrace((path) => {
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      const [header = '', first = '', second = ''] = lines;
      for (const changed of [
        lines.slice(1),
        [header, second, ...lines.slice(3)],
        [header, first, first, ...lines.slice(2)],
        [header, second, first, ...lines.slice(3)],
        [...lines, first],
      ]) {
        writeFileSync(path, `${changed.join('\n')}\n`);
        expect(() => readAll(path)).toThrow(TraceRefusal);
      }
    });
  });

  test.each([0.5, 0.7, 0.99])('reads a trace cut at %f of its length only if told to', (at) => {
    withTrace((path) => {
      const original = readFileSync(path);
      const whole = readAll(path).steps;
      const cut = original.subarray(0, Math.floor(original.length * at));
      writeFileSync(path, cut);
      expect(() => readAll(path)).toThrow('--allow-torn');
      const { steps, ended } = readAll(path, true);
      expect(steps).toEqual(whole.slice(0, steps.length));
      expect(steps).toHaveLength(cut.toString().split('\n').length - 2);
      expect(ended).toBe(false);
    });
  });

  test('a trace that ends between two lines has no last line', () => {
    withTrace((path) => {
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      writeFileSync(path, `${lines.slice(0, 3).join('\n')}\n`);
      expect(readAll(path)).toMatchObject({ ended: false, steps: { length: 2 } });
    });
  });

  test.each<[string, (lines: Line[]) => void, RegExp]>([
    ['another format', ([header]) => Object.assign(header ?? {}, { format: 'x' }), /format/],
    ['another version', ([header]) => Object.assign(header ?? {}, { version: 2 }), /version/],
    ['no host', ([header]) => Object.assign(header ?? {}, { host: 3 }), /no host 3/],
    [
      'one name twice',
      ([header]) => Object.assign(header?.hosts[0] ?? {}, { name: 'server2' }),
      /one name/,
    ],
    [
      'one end point twice',
      ([header]) => Object.assign(header?.hosts[0] ?? {}, { endPoint: RING[1] }),
      /one end point/,
    ],
    ['a step without an action', ([, step]) => Object.assign(step ?? {}, { action: 7 }), /action/],
    [
      'half a byte',
      ([, step]) => Object.assign(step?.io[0] ?? {}, { bytes: '0' }),
      /io\[0\]\.bytes/,
    ],
    [
      'bytes that are none',
      ([, step]) => Object.assign(step?.io[0] ?? {}, { bytes: 'xx' }),
      /bytes/,
    ],
    ['a party that is none', ([, step]) => Object.assign(step?.io[0] ?? {}, { src: -1 }), /src/],
    [
      'an unknown operation',
      ([, step]) => Object.assign(step?.io[0] ?? {}, { op: 'X' }),
      /io\[0\]/,
    ],
    [
      'another count at the end',
      (lines) => Object.assign(lines.at(-1) ?? {}, { steps: 1 }),
      /not 1/,
    ],
    ['more after the end', (lines) => lines.push(lines[1] as Line), /something follows/],
  ])('refuses %s, however well sealed', (_, change, problem) => {
    withTrace((path) => {
      forge(path, change);
      expect(() => readAll(path)).toThrow(TraceRefusal);
      expect(() => readAll(path)).toThrow(problem);
    });
  });

  test('says which file cannot be read, and why', () => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      expect(() => TraceReader.open(path)).toThrow(UsageError);
      expect(() => TraceReader.open(path)).toThrow(/x\.trace.*no such file/);
      expect(() => TraceReader.open(directory)).toThrow(UsageError);
      writeFileSync(path, '');
      expect(() => TraceReader.open(path)).toThrow(/no first line/);
      writeFileSync(path, 'Dear diary,\n');
      expect(() => TraceReader.open(path)).toThrow(/seal/);
    });
  });
});

describe('the lines of a file', () => {
  const linesOf = (text: string, maxLine?: number): { lines: string[]; torn: number } =>
    withDirectory((directory) => {
      const path = join(directory, 'text');
      writeFileSync(path, text);
      const reader = new LineReader(path, maxLine);
      const lines: string[] = [];
      for (let line = reader.next(); line; line = reader.next()) lines.push(line.toString());
      const { torn } = reader;
      reader.close();
      return { lines, torn };
    });

  test.each([0, 1, 1000, 65_535, 65_536, 65_537, 1_000_000])(
    'are found however long they are: %i bytes',
    (length) => {
      const lines = ['x', 'y'.repeat(length), '', 'z'.repeat(length), 'end'];
      expect(linesOf(`${lines.join('\n')}\n`)).toEqual({ lines, torn: 0 });
      expect(linesOf(lines.join('\n'))).toEqual({ lines: lines.slice(0, -1), torn: 3 });
    },
  );

  test('are bounded', () => {
    expect(() => linesOf('x'.repeat(1_000_000), 500_000)).toThrow(/longer than 500000 bytes/);
  });
});
