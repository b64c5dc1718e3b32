import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withDirectory } from '../../harness/testing/traces.ts';
import type { Io } from './io.ts';
import { TraceWriter } from './traceWriter.ts';
import { UsageError } from './usageError.ts';

const HEADER = {
  service: 'Test',
  serviceType: 'IronLock',
  hosts: [{ name: 'one', endPoint: 'a'.repeat(64) }],
  host: 0,
  parameters: {},
  start: {},
};

const QUIET: Io = { receive: () => undefined, readClock: () => 7, send: () => {} };

const linesIn = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('recording a trace', () => {
  test('puts a step into the file when it is flushed, and not before', () => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      const writer = TraceWriter.create(path, false);
      writer.begin(HEADER);
      expect(linesIn(path)).toHaveLength(1);
      const io = writer.watch(QUIET);
      io.receive();
      io.send('b'.repeat(64), Uint8Array.of(0, 255));
      writer.endStep('act', { n: 1 });
      writer.endStep('act', { n: 2 });
      expect(linesIn(path)).toHaveLength(1);
      writer.flush();
      const [, first, second] = linesIn(path).map((line) => JSON.parse(line));
      expect(first).toMatchObject({
        action: 'act',
        io: [{ op: 'T' }, { op: 'S', dst: 'b'.repeat(64), bytes: '00ff' }],
        state: { n: 1 },
      });
      expect(second).toMatchObject({ io: [], state: { n: 2 } });
      writer.close(true);
      expect(JSON.parse(linesIn(path).at(-1) ?? '')).toMatchObject({ end: true, steps: 2 });
    });
  });

  test('says nothing of a step that did not come to its end', () => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      const writer = TraceWriter.create(path, false);
      writer.begin(HEADER);
      writer.watch(QUIET).readClock();
      writer.close(false);
      expect(linesIn(path)).toHaveLength(1);
    });
  });

  test('passes on what the world answers, and what is sent', () => {
    withDirectory((directory) => {
      const writer = TraceWriter.create(join(directory, 'x.trace'), false);
      const received = { src: 'a', bytes: Uint8Array.of(1) };
      const sent: unknown[] = [];
      const io = writer.watch({
        receive: () => received,
        readClock: () => 42,
        send: (...packet) => sent.push(packet),
      });
      expect(io.receive()).toBe(received);
      expect(io.readClock()).toBe(42);
      io.send('b', received.bytes);
      expect(sent).toEqual([['b', received.bytes]]);
      writer.close(false);
    });
  });

  test.each<[problem: string, state: unknown]>([
    ['state.cache is map', { cache: new Map([[1, 2]]) }],
    ['state is set', new Set()],
    ['state.key is bigint', { key: 7n }],
    ['state.log[1].value is bytes', { log: [{}, { value: Uint8Array.of(1) }] }],
    ['state.read is a function', { read: () => 1 }],
    ['state.at is an object of class Date', { at: new Date(0) }],
    ['state.at is NaN', { at: Number.NaN }],
    ['state.at is Infinity', { at: Number.POSITIVE_INFINITY }],
    ['state.at is -0', { at: -0 }],
    ['state[0] is undefined', [undefined]],
    ['state is undefined', undefined],
  ])('refuses a state that JSON cannot carry: %s', (problem, state) => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      const writer = TraceWriter.create(path, false);
      writer.begin(HEADER);
      expect(() => writer.endStep('act', state)).toThrow(TypeError);
      expect(() => writer.endStep('act', state)).toThrow(`${problem}, which JSON cannot carry`);
      writer.close(false);
      expect(linesIn(path)).toHaveLength(1);
    });
  });

  test('takes a state of plain data, and leaves out what is undefined', () => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      const writer = TraceWriter.create(path, false);
      writer.begin(HEADER);
      const state = { a: [1, 'x', null, { b: true }], c: { d: 0.5 } };
      writer.endStep('act', { ...state, offeredAt: undefined });
      writer.close(false);
      expect(JSON.parse(linesIn(path)[1] ?? '').state).toEqual(state);
    });
  });

  test.each<[what: string, step: (writer: TraceWriter) => void]>([
    ['sends', (writer) => writer.watch(QUIET).send('b', new Uint8Array(2000))],
    ['has a state', (writer) => writer.endStep('act', 'x'.repeat(4000))],
  ])('refuses a step that %s too long for a reader', (_, step) => {
    withDirectory((directory) => {
      const writer = TraceWriter.create(join(directory, 'x.trace'), false, 4000);
      writer.begin(HEADER);
      expect(() => step(writer)).toThrow(UsageError);
      expect(() => step(writer)).toThrow(/x\.trace cannot take a step of more than 4000 bytes/);
      writer.close(false);
    });
  });

  test('does not let more wait for a flush than fits into memory', () => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      const writer = TraceWriter.create(path, false);
      writer.begin(HEADER);
      const io = writer.watch(QUIET);
      for (let step = 0; step < 3; step++) {
        io.send('b', new Uint8Array(4_000_000));
        writer.endStep('act', {});
      }
      expect(linesIn(path)).toHaveLength(3);
      writer.close(true);
      expect(linesIn(path)).toHaveLength(5);
    });
  });

  test('keeps a file that exists, unless told otherwise', () => {
    withDirectory((directory) => {
      const path = join(directory, 'x.trace');
      writeFileSync(path, 'precious');
      expect(() => TraceWriter.create(path, false)).toThrow(/exists already; give overwrite=true/);
      expect(readFileSync(path, 'utf8')).toBe('precious');
      TraceWriter.create(path, true).close(false);
      expect(readFileSync(path, 'utf8')).toBe('');
    });
  });

  test('says why a file cannot be created', () => {
    withDirectory((directory) => {
      const path = join(directory, 'nowhere', 'x.trace');
      expect(() => TraceWriter.create(path, false)).toThrow(UsageError);
      expect(() => TraceWriter.create(path, false)).toThrow(/nowhere.*no such file/);
    });
  });

  test.skipIf(!existsSync('/dev/full'))('says that the disk is full, and ends', () => {
    const writer = TraceWriter.create('/dev/full', true);
    expect(() => writer.begin(HEADER)).toThrow(UsageError);
    writer.endStep('act', {});
    expect(() => writer.flush()).toThrow(/\/dev\/full.*no space left/);
    writer.close(false);
  });
});
