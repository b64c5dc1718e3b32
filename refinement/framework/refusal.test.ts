import { describe, expect, test } from 'vitest';
import {
  ApplicationRefusal,
  BOUNDARIES,
  BoundaryRefusal,
  HistoryRefusal,
  HostRefusal,
  IoOrderRefusal,
  LivenessRefusal,
  PacketRefusal,
  SystemRefusal,
  WireRefusal,
} from './refusal.ts';

const EXAMPLES: readonly [BoundaryRefusal, string, string][] = [
  [
    new WireRefusal(
      { host: 'b', step: 3, action: 'accept' },
      { failed: 'the implementation reads bytes as the wire format says' },
      { path: '.epoch', expected: 2, actual: 144115188075855870 },
    ),
    'WireRefusal',
    `B0 (bytes on the wire to messages) refuses step 3, b accept
  ✗ the implementation reads bytes as the wire format says
    at        .epoch
    expected  2
    actual    144115188075855870`,
  ],
  [
    new HostRefusal(
      { host: 'b', step: 12, action: 'accept' },
      { failed: 'the action may be taken', because: [{ failed: 'it comes from a host' }] },
    ),
    'HostRefusal',
    `B1 (implementation step to protocol step) refuses step 12, b accept
  ✗ the action may be taken
    ✗ it comes from a host`,
  ],
  [
    new IoOrderRefusal(
      { host: 'a', step: 0, action: 'grant' },
      { failed: 'receives first', because: [{ failed: 'this one did S R' }] },
    ),
    'IoOrderRefusal',
    `B2 (order of IO to one atomic step) refuses step 0, a grant
  ✗ receives first
    ✗ this one did S R`,
  ],
  [
    new SystemRefusal(
      { host: 'a', step: 5, action: 'grant', about: 'c' },
      { failed: 'L3', because: [{ failed: 'only the last in history holds' }] },
    ),
    'SystemRefusal',
    `B3 (protocol system to specification) refuses step 5, a grant
  ✗ L3
    ✗ only the last in history holds
    about     c`,
  ],
  [
    new PacketRefusal(
      { host: 'b', step: 7, action: 'accept', about: 'b>a:locked(9)' },
      { failed: 'the epoch has begun' },
    ),
    'PacketRefusal',
    `B4 (packets to specification) refuses step 7, b accept
  ✗ the epoch has begun
    about     b>a:locked(9)`,
  ],
  [
    new ApplicationRefusal(
      { host: 'KV', step: 3, action: 'handleRequest' },
      { failed: 'the reply is the application’s' },
      { path: 'the bytes', expected: Uint8Array.of(1), actual: Uint8Array.of(2) },
    ),
    'ApplicationRefusal',
    `B6 (implementation application to specification application) refuses step 3, KV handleRequest
  ✗ the reply is the application’s
    at        the bytes
    expected  1 bytes 01
    actual    1 bytes 02`,
  ],
  [
    new HistoryRefusal(
      { host: 'client3', step: 12, action: 'get', about: 'key "x"' },
      { failed: 'some order of the calls explains every reply' },
      ['    answer    nothing', '  This call cannot be explained:'],
    ),
    'HistoryRefusal',
    `B7 (what clients saw to one order of their calls) refuses step 12, client3 get
  ✗ some order of the calls explains every reply
    about     key "x"
    answer    nothing
  This call cannot be explained:`,
  ],
  [
    new LivenessRefusal(
      { host: 'a, c', step: 99, action: 'wait' },
      { failed: 'every host comes to accept in time' },
    ),
    'LivenessRefusal',
    `liveness (a fair behaviour to progress) refuses step 99, a, c wait
  ✗ every host comes to accept in time`,
  ],
];

describe('a refusal', () => {
  test.each(EXAMPLES)('%s says where, what and why', (refusal, name, text) => {
    expect(refusal.message).toBe(text);
    expect(String(refusal)).toBe(`${name}: ${text}`);
    expect(refusal).toBeInstanceOf(BoundaryRefusal);
    expect(refusal).toBeInstanceOf(Error);
  });

  test('there is an example for every boundary', () => {
    const boundaries = EXAMPLES.map(([{ boundary }]) => boundary);
    expect(boundaries).toEqual(Object.keys(BOUNDARIES));
  });

  test('names the innermost clause after those that contain it', () => {
    const place = { host: 'a', step: 0, action: 'grant' };
    const inner = { failed: 'one', because: [{ failed: 'two' }, { failed: 'other' }] };
    expect(new SystemRefusal(place, inner).clause).toBe('one: two');
    expect(new SystemRefusal(place, { failed: 'alone', because: [] }).clause).toBe('alone');
  });

  test('shows what is not there as nothing, and long values cut short', () => {
    const difference = { path: '.votes[0]', expected: undefined, actual: 'x'.repeat(999) };
    const { message } = new HostRefusal(
      { host: 'a', step: 0, action: 'vote' },
      { failed: 'equal' },
      difference,
    );
    expect(message).toContain('expected  nothing\n');
    expect(message.length).toBeLessThan(400);
  });
});
