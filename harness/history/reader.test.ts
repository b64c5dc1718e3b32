import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../impl/framework/usageError.ts';
import { withDirectory } from '../testing/traces.ts';
import { HistoryReader, type RecordedCall } from './reader.ts';
import { HistoryWriter } from './writer.ts';

function readAll(path: string, maxLine?: number): readonly RecordedCall[] {
  const reader = HistoryReader.open(path, maxLine);
  try {
    const calls: RecordedCall[] = [];
    for (let call = reader.next(); call; call = reader.next()) calls.push(call);
    return calls;
  } finally {
    reader.close();
  }
}

const TIME = fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(0n, 2n ** 63n - 1n));
const BYTES = fc.uint8Array({ maxLength: 20 });
const CALL: fc.Arbitrary<RecordedCall> = fc
  .record({
    client: fc.string({ unit: 'binary' }),
    times: fc.tuple(TIME, TIME),
    request: BYTES,
    reply: fc.option(BYTES, { nil: undefined }),
  })
  .map(({ client, times: [a, b], request, reply }) => ({
    client,
    invoked: a < b ? a : b,
    request,
    answer: reply && { completed: a < b ? b : a, reply },
  }));

const plain = ({ client, invoked, request, answer }: RecordedCall) => ({
  client,
  invoked,
  request: [...request],
  answer: answer && { completed: answer.completed, reply: [...answer.reply] },
});

test('what was written is read, to the nanosecond', () => {
  fc.assert(
    fc.property(fc.array(CALL), fc.constantFrom('kv' as const, 'counter' as const), (calls, app) =>
      withDirectory((directory) => {
        const path = join(directory, 'history');
        const writer = HistoryWriter.create(path, app, false);
        for (const call of calls) writer.write(call);
        writer.close();
        expect(readAll(path).map(plain)).toEqual(calls.map(plain));
        const reader = HistoryReader.open(path);
        expect(reader.header.service).toBe(app);
        reader.close();
      }),
    ),
  );
});

test('a history that was cut anywhere is not taken', () => {
  withDirectory((directory) => {
    const path = join(directory, 'history');
    writeFileSync(path, text());
    expect(readAll(path)).toHaveLength(2);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => readAll(path)).toThrow(UsageError);
    }
    writeFileSync(path, whole);
    appendFileSync(path, 'x');
    expect(() => readAll(path)).toThrow(/line 5: something follows/);
  });
});

const HEADER = '{"format":"ironfleet-history","version":1,"service":"kv"}';
const ANSWERED = '{"client":"1","invoked":5,"request":"00","completed":"5","reply":""}';
const END = '{"end":true,"calls":2}';

const text = (header = HEADER, call = ANSWERED, end = END): string =>
  [header, '{"client":"2","invoked":0,"request":""}', call, end].map((l) => `${l}\n`).join('');

const changed = (from: string, to: string): string => {
  expect(ANSWERED).toContain(from);
  return text(HEADER, ANSWERED.replace(from, to));
};

describe('a file is pointed out, with the line,', () => {
  test.each<[string, () => string, RegExp]>([
    ['that is empty', () => '', /no first line/],
    ['of something else', () => 'Dear diary,\n', /line 1: the line is not JSON/],
    ['of another format', () => text(HEADER.replace('-history', '-trace')), /line 1: .*format: /],
    ['of another version', () => text(HEADER.replace(':1', ':2')), /line 1: .*version: /],
    ['of a service unknown', () => text(HEADER.replace('kv', 'lock')), /line 1: .*service: /],
    ['without end', () => text(HEADER, ANSWERED, ANSWERED), /no last line: .* are missing/],
    ['with calls that are lost', () => text().replace(`${ANSWERED}\n`, ''), /line 3: there were 1/],
    ['that goes on', () => `${text()}${ANSWERED}\n`, /line 5: something follows/],
    ['with a line that is null', () => text(HEADER, 'null'), /line 3: .*not as in a history/],
    ['with an empty line', () => text(HEADER, ''), /line 3: the line is not JSON/],
    ['with a client that is none', () => changed('"1"', '1'), /line 3: .*client: /],
    ['with a field too many', () => changed('{', '{"x":1,'), /line 3: .*x/],
    ['with a time before all', () => changed(':5', ':-5'), /line 3: .*invoked: not a time/],
    ['with a time that is not exact', () => changed(':5', ':1e17'), /line 3: .*invoked: not a/],
    ['with a time that is no number', () => changed('"5"', '"5.0"'), /line 3: .*completed: not a/],
    [
      'with a time that no clock has',
      () => changed('"5"', '"9223372036854775808"'),
      /line 3: .*completed: not a time/,
    ],
    ['with half a byte', () => changed('"00"', '"000"'), /line 3: .*request: half a byte/],
    ['with what is no byte', () => changed('""', '"0G"'), /line 3: .*reply: not bytes in hex/],
    ['with half an answer', () => changed(',"reply":""', ''), /line 3: .* if and only if/],
    ['with the other half', () => changed('"completed":"5",', ''), /line 3: .* if and only if/],
    ['where time goes back', () => changed('"5"', '"4"'), /line 3: the reply came before/],
    ['with an end that is none', () => text(HEADER, '{"end":1}'), /line 3: .*end: /],
  ])('%s', (_, content, complaint) => {
    withDirectory((directory) => {
      const path = join(directory, 'history');
      writeFileSync(path, content());
      expect(() => readAll(path)).toThrow(UsageError);
      expect(() => readAll(path)).toThrow(complaint);
      expect(() => readAll(path)).toThrow(/^[^\n]*$/);
    });
  });

  test('whose lines are too long, that is not there, or that is no file', () => {
    withDirectory((directory) => {
      const path = join(directory, 'history');
      expect(() => readAll(path)).toThrow(/Could not read history .*no such file/);
      expect(() => readAll(directory)).toThrow(UsageError);
      writeFileSync(path, changed('""', `"${'00'.repeat(1_000_000)}"`));
      expect(() => readAll(path, 100_000)).toThrow(/longer than 100000 bytes; it is no history/);
    });
  });
});
