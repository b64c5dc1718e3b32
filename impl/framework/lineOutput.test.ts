import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LineOutput } from './lineOutput.ts';

/** A stream whose reader takes one chunk whenever `take` is called. */
function slowStream() {
  const chunks: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      waiting.push(() => {
        chunks.push(chunk);
        done();
      });
    },
  });
  return { stream, chunks, take: () => waiting.shift()?.() };
}

describe('lines for whoever watches', () => {
  test('many lines make one write', () => {
    const { stream, chunks, take } = slowStream();
    const output = new LineOutput(stream);
    output.line('a');
    output.line('b');
    take();
    expect(chunks).toEqual([]);
    output.flush();
    output.flush();
    take();
    take();
    expect(chunks).toEqual(['a\nb\n']);
  });

  test('what a slow reader has not read is bounded, and it is told what it missed', () => {
    const { stream, chunks, take } = slowStream();
    const output = new LineOutput(stream, 100);
    for (let number = 0; number < 1000; number++) {
      output.line(`line ${number}`);
      output.flush();
      expect(stream.writableLength).toBeLessThan(120);
    }
    while (stream.writableLength > 0) take();
    output.line('later');
    output.flush();
    take();
    const lines = chunks.join('').split('\n');
    const [leftOut] = /\d+/.exec(lines.find((line) => line.startsWith('(')) ?? '') ?? [];
    const written = lines.filter((line) => line.startsWith('line'));
    expect(written.length + Number(leftOut)).toBe(1000);
    expect(lines.at(-2)).toBe('later');
  });

  test('a reader that goes away harms nobody', async () => {
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('EPIPE'));
      },
    });
    const output = new LineOutput(stream);
    output.line('a');
    output.flush();
    await new Promise((resolve) => setImmediate(resolve));
    output.line('b');
    output.flush();
    expect(await output.end()).toBe(true);
  });

  test('the end writes the rest and waits until it is read', async () => {
    const { stream, chunks, take } = slowStream();
    const output = new LineOutput(stream);
    output.line('a');
    const end = output.end();
    take();
    await new Promise((resolve) => setImmediate(resolve));
    take();
    expect(await end).toBe(true);
    expect(chunks.join('')).toBe('a\n');
  });
});
