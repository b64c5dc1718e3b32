import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, killServers, ServerProcess, vacantPorts } from '../testing/lockServers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['spec', 'protocol', 'impl', 'refinement', 'harness'];
const FILES = ['package.json', 'tsconfig.json', 'README.md', 'LICENSE'];
const INSTALLED = join(ROOT, 'node_modules');

let directory: string;
/** Where the user works. */
let home: string;
let packed: readonly string[];
/** What the compiler says of the programs that README shows, and of one that uses all ways in. */
let complaints: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  const tarball = pack(join(directory, 'build'));
  home = join(directory, 'home');
  packed = install(tarball, home);
  const [server = '', client = '', ...others] = shown();
  if (others.length > 0) throw new Error('README shows more programs than expected');
  complaints = await compile({ 'poll.ts': server, 'vote.ts': client, 'entries.ts': OTHER_ENTRIES });
}, 300_000);

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Builds and packs what stands here, from nothing and somewhere else; gives the tarball. */
function pack(folder: string): string {
  mkdirSync(folder);
  for (const name of [...SOURCES, ...FILES]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(INSTALLED, join(folder, 'node_modules'));
  const args = ['pack', '--offline', '--no-update-notifier', '--json', '--loglevel=error'];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  return join(folder, tarball ?? 'no tarball');
}

/**
 * Installs the package and the packages that it says it needs, as npm would, but those from here
 * rather than from a registry. Gives the names of the files in the package.
 */
function install(tarball: string, folder: string): readonly string[] {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  execFileSync('tar', ['-xzf', tarball, '-C', modules]);
  const own = join(modules, 'ironfleet');
  renameSync(join(modules, 'package'), own);
  const { dependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(INSTALLED, name), join(modules, name));
  }
  return readdirSync(own, { recursive: true, encoding: 'utf8' });
}

/** The programs that README shows in its section on a service of one's own, in order. */
function shown(): readonly string[] {
  const readme = readFileSync(join(home, 'node_modules', 'ironfleet', 'README.md'), 'utf8');
  const [, section = ''] = readme.split('\n## A replicated service of your own\n');
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program = '']) => program);
}

/** Runs something of Node in the user's folder. */
const node = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: home }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? child.signalCode ?? 'nothing', stdout, stderr });
    });
  });

/** As strict as a user can be, with the declarations of packages checked, too. */
const STRICT = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    erasableSyntaxOnly: true,
    skipLibCheck: false,
  },
  include: ['*.ts'],
};

/** Compiles the user's programs; gives what the compiler complains of. */
async function compile(programs: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(home, name), text);
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(STRICT));
  const { stdout } = await node(join(INSTALLED, 'typescript', 'bin', 'tsc'), '-p', '.');
  return stdout;
}

/** Uses what else the package offers, by all its ways in. */
const OTHER_ENTRIES = `
import { checkService } from 'ironfleet/harness/apps/checkService';
import { runBatch } from 'ironfleet/harness/campaign/batch';
import { CounterService, createCerts, KeyValueService, KvClient, UsageError } from 'ironfleet';
import type { ConnectOptions, Fate, ServiceClass } from 'ironfleet';
import { Transport } from 'ironfleet/impl/framework/transport';
import { rsl } from 'ironfleet/protocol/rsl/rsl';
import { checkedService } from 'ironfleet/refinement/apps/checkedService';
import { counter } from 'ironfleet/spec/apps/counter';

export const used = [checkService, runBatch, createCerts, KvClient, UsageError, Transport, rsl];
export const services: readonly ServiceClass[] = [CounterService, KeyValueService];
export const checked = checkedService(CounterService, counter).initialize();
export const options: ConnectOptions = { timeout: 5 };
export const fate: Fate = 'unknown';
console.log(Buffer.from(checked.handleRequest(new Uint8Array(8))).toString('hex'));
`;

describe('the packed package', () => {
  test('holds what it needs, and no tests, mutants or benchmarks', () => {
    for (const needed of ['LICENSE', 'README.md', 'spec/README.md', 'dist/impl/index.d.ts']) {
      expect(packed).toContain(needed);
    }
    const command = join(home, 'node_modules', 'ironfleet', 'dist', 'harness', 'cli.js');
    expect(statSync(command).mode & 0o111).toBe(0o111);
    const unwanted =
      /\.test\.|^dist\/(tests|harness\/(mutants|bench|testing)\/)|\.map$|tsbuildinfo/;
    expect(packed.filter((name) => unwanted.test(name))).toEqual([]);
    expect(packed.filter((name) => /\.ts$/.test(name) && !/\.d\.ts$/.test(name))).toEqual([]);
  });

  test('can be imported by all its ways in, and passes the strictest compiler', async () => {
    expect(complaints).toBe('');
    const { stdout, stderr } = await node('entries.js');
    expect({ stdout, stderr }).toEqual({ stdout: '0000000000000001\n', stderr: '' });
  });

  test('does not take just anything for a class of services', async () => {
    const wrong = `import { defineServer } from 'ironfleet'; await defineServer(class {});`;
    expect(await compile({ 'wrong.ts': wrong })).toMatch(/^wrong\.ts\(1,.*'ServiceClass/);
    rmSync(join(home, 'wrong.ts'));
    const forced = `import { defineServer } from 'ironfleet'; await defineServer(class {}, []);`;
    writeFileSync(join(home, 'forced.mjs'), forced);
    const { code, stderr } = await node('forced.mjs');
    expect(code).toBe(1);
    expect(stderr).toContain('TypeError: A class of services has a static serviceName');
  });

  test('makes a replicated service of the file that README shows', async () => {
    const addresses = (await vacantPorts(3)).map(
      (port, index) => `addr${index + 1}=127.0.0.1 port${index + 1}=${port}`,
    );
    const settings = `name=MyPoll type=IronRSLPoll outputdir=certs ${addresses.join(' ')}`;
    const cli = join('node_modules', 'ironfleet', 'dist', 'harness', 'cli.js');
    expect(await node(cli, 'create-certs', ...settings.split(' '))).toMatchObject({ code: 0 });
    const file = (name: string) => join(home, 'certs', `MyPoll.IronRSLPoll.${name}.txt`);
    const start = (number: number, ...options: readonly string[]) => {
      const files = [file('service'), file(`server${number}.private`)];
      return new ServerProcess([join(home, 'poll.js'), ...files, ...options], {});
    };
    const servers = [start(1), start(2, 'verbose=true'), start(3)];
    await Promise.all(servers.map((each) => each.printed('[[READY]]')));
    const voted = await node('vote.js');
    expect(voted).toEqual({ code: 0, stdout: 'tea: 1\ncoffee: 1\ntea: 2\n', stderr: '' });
    await servers[0]?.stop('SIGKILL');
    expect((await node('vote.js')).stdout).toBe('tea: 3\ncoffee: 2\ntea: 4\n');
    const ended = await Promise.all(servers.slice(1).map((each) => each.stop('SIGINT')));
    for (const { code, stdout } of ended) {
      expect(code).toBe(0);
      expect(stdout).toMatch(/^IronRSLPollServer program started\nProcessing .*\nDeleted .*\n/);
      expect(stdout).toMatch(/\nSummary: .*\n\[\[EXIT\]\]\n$/);
    }
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no arguments', [], /^ERROR - The service file is missing; add --help/],
    ['a missing argument', ['x.txt'], /^ERROR - The private key file is missing; add --help/],
    ['a flag', ['x.txt', 'y.txt', '--fast'], /^ERROR - There is no option --fast; add --help/],
    ['an unknown option', ['x.txt', 'y.txt', 'prot=1'], /^ERROR - .* did you mean port=\?/],
    ['a missing file', ['x.txt', 'y.txt'], /^ERROR - .*service file x\.txt: there is no such file/],
  ])('whose service is started with %s says so in one line', async (_, args, message) => {
    const { code, stderr } = await node('poll.js', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBe(2);
  });

  test('whose service explains itself', async () => {
    const { code, stdout } = await node('poll.js', '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: node poll\.js <service> <private> \[key=value\.\.\.\]\n/);
    for (const part of ['safeguard=BOOL', 'type=IronRSLPoll', 'exit code']) {
      expect(stdout).toContain(part);
    }
  });
});
