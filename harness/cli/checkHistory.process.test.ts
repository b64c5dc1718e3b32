import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getRequest, setRequest } from '../../impl/client/keyValueMessages.ts';
import { encodeReply, type KeyValueReply } from '../../spec/apps/keyValueMessages.ts';
import { HistoryWriter } from '../history/writer.ts';
import { ironfleet, killServers } from '../testing/lockServers.ts';
import { RslService } from '../testing/rslServers.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
});

afterEach(() => {
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

/** A clock may have gone on for so long that its times are not exact as numbers. */
const START = 2n ** 62n;
const SET = setRequest('k', 'v');
const GET = getRequest('k');
const DONE: KeyValueReply = { type: 'setSuccess' };
const NO_VALUE: KeyValueReply = { type: 'getUnfound' };
const FOUND: KeyValueReply = { type: 'getFound', value: 'v' };

type Said = readonly [client: string, from: bigint, to: bigint, Uint8Array, KeyValueReply?];

/** Writes a history of calls with their times, and gives its path. */
function history(name: string, calls: readonly Said[], service: 'kv' | 'counter' = 'kv'): string {
  const path = join(directory, name);
  const writer = HistoryWriter.create(path, service, false);
  for (const [client, from, to, request, reply] of calls) {
    const answer = reply && {
      completed: START + to,
      reply: Buffer.from(encodeReply(reply), 'latin1'),
    };
    writer.write({ client, invoked: START + from, request, answer });
  }
  writer.close();
  return path;
}

/** Changes the text of a file. */
function change(path: string, how: (text: string) => string): string {
  writeFileSync(path, how(readFileSync(path, 'utf8')));
  return path;
}

const SETS: readonly Said[] = [
  ['alice', 0n, 2n, SET, DONE],
  ['alice', 9n, 9n, SET],
];

describe('check-history says', () => {
  test('that histories which have an order together are linearizable', async () => {
    const files = [history('1', SETS), history('2', [['bob', 3n, 4n, GET, FOUND]])];
    expect(await ironfleet('check-history', ...files)).toEqual({
      code: 0,
      stdout:
        'LINEARIZABLE: what clients of kv saw is what one machine can have answered\n'
        + 'Checked 3 calls by 2 clients, on 1 key, from 2 files; 1 of them were not answered\n',
      stderr: '',
    });
    // Alone, what Bob found was never set.
    const { code, stdout } = await ironfleet('check-history', '--json', ...files.slice(1));
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { verdict: 'refused', calls: 1 }]);
  });

  test('what is wrong with an answer that is out of date by a nanosecond', async () => {
    const path = history('1', [...SETS, ['bob', 3n, 4n, GET, NO_VALUE]]);
    const { code, stdout, stderr } = await ironfleet('check-history', path);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^REFUSED: .*\n *B7 .* refuses step 1, bob get\b/m);
    expect(stdout).toMatch(/answer {4}no value$/m);
    const json = await ironfleet('check-history', '--json', path);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: 'refused',
      service: 'kv',
      calls: 3,
      unanswered: 1,
      refusal: { boundary: 'B7', place: { host: 'bob', about: 'k' } },
    });
  });

  test('that an answer which came in the same nanosecond may be from before', async () => {
    const path = history('1', [...SETS, ['bob', 2n, 4n, GET, NO_VALUE]]);
    expect((await ironfleet('check-history', path)).code).toBe(0);
  });

  test('that nothing was checked where nothing was answered', async () => {
    const { code, stdout } = await ironfleet('check-history', history('1', SETS.slice(1)));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOTHING CHECKED: no call was answered$/m);
  });
});

describe('check-history takes no', () => {
  test.each<[string, () => readonly string[], RegExp]>([
    ['call without files', () => [], /missing required argument 'file'/],
    ['file that is not there', () => [join(directory, '0')], /Could not read history .*no such/],
    [
      'file whose program was killed',
      () => [change(history('1', SETS), (text) => text.slice(0, -10))],
      /has no last line: its program was killed or still runs, and calls .* are missing/,
    ],
    [
      'histories of two services',
      () => [history('1', SETS), history('2', [], 'counter')],
      /1 and .*2 do not agree on service \(kv and counter\)/,
    ],
    [
      'service that it does not know',
      () => [change(history('1', SETS), (text) => text.replace('kv', 'lock'))],
      /1, line 1: this is not as in a history: service: /,
    ],
    [
      'histories of two clocks',
      () => [
        history('1', SETS),
        change(history('2', SETS), (text) =>
          text.replace('"kv"', '"kv","clock":"x"').replace(/,"clock":"[^"]{2,}"/, ''),
        ),
      ],
      /1 and .*2 do not agree on clock \(.* and x\)/,
    ],
    [
      'file twice',
      () => {
        const path = history('1', SETS);
        return [path, path];
      },
      /are the same file; give every history once/,
    ],
    [
      'times too far apart',
      () => [history('1', [...SETS, ['bob', -(2n ** 53n), 0n, GET]])],
      /line 4: this was more than 104 days before or after the first call/,
    ],
  ])('%s', async (_, files, complaint) => {
    const { code, stdout, stderr } = await ironfleet('check-history', ...files());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });
});

test('what two client programs saw of one service is linearizable together', async () => {
  const service = await RslService.create(directory);
  const servers = service.startAll();
  await Promise.all(servers.map((server) => server.printed('[[READY]]')));
  const files = ['1.history', '2.history'].map((name) => join(directory, name));
  const options = ['duration=2', 'sleep=0', 'nthreads=3', 'setfraction=0.5', 'together=true'];
  const clients = await Promise.all(
    files.map((file) =>
      ironfleet('rsl-kv-client', service.serviceFile, ...options, `history=${file}`),
    ),
  );
  // Either may get a value of the other, which it takes for wrong; not so the history.
  expect(clients.map(({ stderr }) => stderr)).toEqual(['', '']);
  const together = await ironfleet('check-history', '--json', ...files);
  expect([together.code, together.stderr]).toEqual([0, '']);
  const report = JSON.parse(together.stdout);
  expect(report).toMatchObject({ verdict: 'linearizable', service: 'kv', clients: 6 });
  expect(report.calls).toBeGreaterThan(50);
});
