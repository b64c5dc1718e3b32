import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ShtAdministrator } from '../../impl/client/shtAdministrator.ts';
import { ShtClient } from '../../impl/client/shtClient.ts';
import { readCredentials } from '../../impl/framework/identity.ts';
import { ironfleet, killServers, type ServerProcess } from '../testing/lockServers.ts';
import { OriginalClient } from '../testing/originalClient.ts';
import { getBytes, setBytes, shardBytes } from '../testing/originalShtClient.ts';
import { framed, word } from '../testing/originalSockets.ts';
import { ShtService } from '../testing/shtServers.ts';
import { summedIn } from '../testing/shtUnderFire.ts';
import { ackBytes, singleBytes } from '../testing/tableFlooder.ts';
import { until } from '../testing/transports.ts';

let directory: string;
/** What is to be closed in the end. */
let opened: { close(): unknown }[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  opened = [];
});

afterEach(() => {
  for (const each of opened) each.close();
  killServers();
  rmSync(directory, { recursive: true, force: true });
});

function opens<T extends { close(): unknown }>(each: T): T {
  opened.push(each);
  return each;
}

const residentMiB = ({ pid }: ServerProcess): number => {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
};

/** All keys, as hosts write the bounds of ranges. */
const EVERYTHING = Buffer.concat([word(1), word(0), word(1), word(42)]);
const FORGED = Buffer.from('forged');
const HOST = Buffer.alloc(32, 7);

/** What only hosts say, what only administrators may, and what nobody may. */
const FORGERIES: readonly Buffer[] = [
  Buffer.concat([word(5), EVERYTHING, word(1), word(3), framed(FORGED)]),
  Buffer.concat([word(5), EVERYTHING, word(0)]),
  Buffer.concat([word(2), word(3), word(0), framed(FORGED)]),
  Buffer.concat([word(3), word(3), framed(HOST)]),
  shardBytes(0n, 100n, HOST),
  Buffer.concat([word(8), word(0)]),
  setBytes(3n, Buffer.alloc(1024 * 1024 + 1)),
];

/** What means nothing, and what promises more than there is. */
const RUBBISH: readonly Buffer[] = [
  Buffer.alloc(0),
  word(99),
  Buffer.concat([word(0), word(1), word(1n << 62n)]),
  singleBytes((1n << 64n) - 1n, getBytes(3n)),
  singleBytes(0, getBytes(3n)),
  singleBytes(1, Buffer.concat([word(5), EVERYTHING, word(1n << 61n)])),
  singleBytes(1, Buffer.concat([word(1), word(3), word(0), word(1n << 40n)])),
  singleBytes(1, Buffer.concat([getBytes(3n), word(0)])),
  ackBytes(1_000_000),
  ackBytes((1n << 64n) - 1n),
  Buffer.concat([word(3), word(5), word(5)]),
];

/** Asks something without TLS under a name that nobody has had before, and is gone. */
async function passBy(port: number): Promise<void> {
  const socket = dial({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  socket.write(framed(randomBytes(64)));
  for (let seqno = 1; seqno <= 3; seqno++) {
    socket.write(framed(singleBytes(seqno, getBytes(BigInt(seqno)))));
  }
  socket.resume().end();
  await once(socket, 'close');
}

describe.each([
  ['over TLS', true],
  ['without TLS', false],
])('hosts %s', (_, useSsl) => {
  test('neither lose keys to strangers nor trust them, and serve on', async () => {
    const service = await ShtService.create(directory, { count: 2, administrators: 1, useSsl });
    const traces = [1, 2].map((number) => join(directory, `${number}.trace`));
    const hosts = traces.map((trace, index) =>
      service.start(index + 1, [`trace=${trace}`, 'peers=100']),
    );
    await Promise.all(hosts.map((host) => host.printed('[[READY]]')));
    const { identity } = service;
    const honest = opens(await ShtClient.connect(identity));
    const key = readCredentials(service.administratorFile(1));
    const administrator = opens(await ShtAdministrator.connect(identity, { key }));
    const KEYS = [0n, 3n, 150n, (1n << 64n) - 1n];
    const valueAt = (each: bigint): Uint8Array => new Uint8Array(Buffer.from(`value of ${each}`));
    await Promise.all(KEYS.map((each) => honest.set(each, valueAt(each))));
    const expectAll = async (): Promise<void> => {
      const found = await Promise.all(KEYS.map((each) => honest.get(each)));
      expect(found).toEqual(KEYS.map(valueAt));
    };
    await administrator.arrange([{ range: { low: 100n, high: 200n }, recipient: 1 }]);
    await expectAll();
    const before = hosts.map(residentMiB);

    const stranger = opens(await OriginalClient.connect(identity));
    for (const host of hosts.keys()) {
      for (const [index, content] of FORGERIES.entries()) {
        stranger.send(host, singleBytes(index + 1, content));
      }
      // It has been listened to, and is answered.
      stranger.send(host, singleBytes(FORGERIES.length + 1, getBytes(7n)));
      await until(() => stranger.heard.some(({ from, bytes }) => from === host && bytes[7] === 0));
    }
    await expectAll();

    const rubbish = opens(await OriginalClient.connect(identity));
    for (let round = 0; round < 50; round++) {
      for (const bytes of RUBBISH) for (const host of hosts.keys()) rubbish.send(host, bytes);
      if (round % 10 === 0) await expectAll();
    }
    const greedy = opens(await OriginalClient.connect(identity));
    for (const [host, socket] of greedy.sockets.entries()) {
      greedy.send(host, RUBBISH[0] ?? Buffer.alloc(0)); // What came before it counts.
      socket.write(Buffer.concat([word(6 * 1024 * 1024), Buffer.alloc(8)]));
      await until(() => socket.closed);
    }
    if (!useSsl) {
      const { port = 0 } = identity.servers[0] ?? {};
      for (let round = 0; round < 20; round++) {
        await Promise.all(Array.from({ length: 20 }, () => passBy(port)));
        await expectAll();
      }
    }
    expect((await administrator.survey()).segments.map(({ owner }) => owner)).toEqual([0, 1, 0]);
    await administrator.arrange([{ range: { low: 0n, high: 1n << 64n }, recipient: 1 }]);
    await expectAll();
    for (const [index, host] of hosts.entries()) {
      expect(residentMiB(host) - (before[index] ?? 0)).toBeLessThan(250);
    }

    const ended = await Promise.all(hosts.map((host) => host.stop()));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(hosts.map(() => [0, '']));
    // An order, and a value that is too long; a delegation and answers.
    expect(summedIn(ended, 'refuse')).toBe(2 * hosts.length);
    expect(summedIn(ended, 'discard')).toBe(5 * hosts.length);
    expect(summedIn(ended, 'malformed')).toBeGreaterThan(500);
    if (!useSsl) expect(summedIn(ended, 'turnedAway')).toBeGreaterThan(100);
    const { code, stdout } = await ironfleet('check-trace', '--json', ...traces);
    expect([code, JSON.parse(stdout).verdict]).toEqual([0, 'legal']);
  });
});
