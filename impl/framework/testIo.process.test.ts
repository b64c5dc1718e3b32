import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, makeIdentities, until } from '../../harness/testing/transports.ts';
import type { PrivateIdentity } from './identity.ts';
import { privateFileText, serviceFileText } from './identityText.ts';
import { testIo } from './testIo.ts';
import { UsageError } from './usageError.ts';

let identities: PrivateIdentity[];
let bench: Bench;
let directory: string;

beforeAll(async () => {
  identities = await makeIdentities(2);
  bench = new Bench(identities, true);
  await bench.vacate(0);
  await bench.vacate(1);
  directory = await mkdtemp(join(tmpdir(), 'test-io-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('test-io', () => {
  test('greets and is greeted, by itself and by others, until it is stopped', async () => {
    const [{ service }, stop] = [bench, new AbortController()];
    const printed: string[][] = [[], []];
    const runs = identities.map((me, index) => {
      const print = (line: string) => printed[index]?.push(line);
      const port = service.servers[index]?.port;
      return testIo({ service, me, port, print, pauseMs: 5 }, stop.signal);
    });
    for (const lines of printed) {
      for (const server of service.servers) {
        const name = `${server.friendlyName} \\(key .{8}\\) @ 127\\.0\\.0\\.1:${server.port}`;
        const [sent, received] = [
          'Sending message Hello \\d+ to',
          'Received message Hello \\d+ from',
        ];
        for (const what of [sent, received]) {
          const wanted = new RegExp(`^${what} ${name}$`);
          await until(() => lines.some((line) => wanted.test(line)));
        }
      }
    }
    stop.abort();
    await Promise.all(runs);
  });

  test('prints nothing that could move the cursor', async () => {
    const [{ service }, stop] = [bench, new AbortController()];
    const printed: string[] = [];
    const [me, stranger] = identities as [PrivateIdentity, PrivateIdentity];
    const port = service.servers[0]?.port;
    const run = testIo({ service, me, port, print: (line) => printed.push(line) }, stop.signal);
    const client = bench.client({ me: stranger });
    client.send(me.endPoint, Buffer.from('\u001b[2J\nReceived'));
    client.flush();
    await until(() =>
      printed.some((line) => line.startsWith('Received message \ufffd[2J\ufffdRec')),
    );
    stop.abort();
    await Promise.all([run, client.close()]);
  });

  test('refuses to be a server that the service does not have', async () => {
    const [me] = await makeIdentities(1);
    const options = { service: bench.service, me: me as PrivateIdentity, print() {} };
    await expect(testIo(options, AbortSignal.abort())).rejects.toThrow(UsageError);
  });
});

describe('the command test-io', () => {
  const program = join(import.meta.dirname, '../../dist/harness/cli.js');

  async function run(...options: string[]): Promise<{ child: ChildProcess; output: () => string }> {
    const service = { ...bench.service, servers: bench.service.servers.slice(0, 1) };
    const { pkcs12 } = identities[0] as PrivateIdentity;
    const me = { ...service.servers[0], pkcs12 } as PrivateIdentity;
    const [serviceFile, privateFile] = [join(directory, 'service'), join(directory, 'private')];
    await writeFile(serviceFile, serviceFileText(service));
    await writeFile(privateFile, privateFileText(me));
    const child = spawn(process.execPath, [
      program,
      'test-io',
      serviceFile,
      privateFile,
      ...options,
    ]);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk;
      });
    }
    return { child, output: () => printed };
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with exit code 0 at %s', async (signal) => {
    const { child, output } = await run();
    await until(() => output().includes('Received message Hello'));
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends with exit code 2 and one line at a bad option', async () => {
    const { child, output } = await run('adr=localhost');
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(output()).toMatch(/^ERROR - There is no option "adr"; did you mean addr=\?.*\n$/);
  });
});
