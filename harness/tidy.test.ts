import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/** A rule that no tool knows, for the files whose path it matches. */
interface Rule {
  readonly law: string;
  readonly files: RegExp;
  /** What breaks the rule in a file's source, if anything does. */
  readonly offence: (source: string, path: string) => string | undefined;
  /** A file that breaks it, by its path and source, and one that does not. */
  readonly planted: readonly [path: string, source: string];
  readonly innocent: readonly [path: string, source: string];
}

const forbid = (pattern: RegExp) => (source: string) => pattern.exec(source)?.[0];

const CLOCKS_AND_CHANCE = new RegExp(
  [
    /\bnew Date\b|\bDate[.(]|\bperformance\.|\bset(?:Timeout|Interval|Immediate)\(|\bprocess\./,
    /\bMath\.random\b|\brandom(?:Int|Bytes|UUID|FillSync)\(|\bgetRandomValues\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Everything but tests. */
const inFolders = (folders: string): RegExp => new RegExp(`^(?:${folders})/(?!.*\\.test\\.ts$)`);

const PURE = inFolders('spec|protocol|refinement');
const MAX_LINES = 300;

/** A service's own folder in a level, such as `impl/lock/`. */
const SERVICE = /^(?:spec|protocol|impl|refinement)\/(?!framework\/)(\w+)\//;

/** The hosts of the services and their parts; a server is the program around a host. */
const HOSTS = /^impl\/(?!framework\/)\w+\/(?!(?:\w*[sS]erver|client|main)\.ts$)(?!.*\.test\.ts$)/;

const RULES: readonly Rule[] = [
  {
    law: 'the pure levels get time and chance as inputs',
    files: PURE,
    offence: forbid(CLOCKS_AND_CHANCE),
    planted: ['protocol/lock/host.ts', 'const now = Date.now();'],
    innocent: ['protocol/lock/host.ts', 'const now = input.now; // It is late.'],
  },
  {
    law: 'hosts have no clocks, timers, chance, sockets or disks of their own',
    files: HOSTS,
    offence: (source) => forbid(CLOCKS_AND_CHANCE)(source) ?? forbid(/from 'node:[^']*'/)(source),
    planted: ['impl/lock/host.ts', "import { connect } from 'node:net';"],
    innocent: ['impl/lock/host.ts', 'const now = io.readClock();'],
  },
  {
    law: 'a simulated world has only its own time and its own chance',
    files: inFolders('harness/(?:simulation|lock)'),
    offence: forbid(CLOCKS_AND_CHANCE),
    planted: ['harness/simulation/simulation.ts', 'setTimeout(() => this.next(), 1);'],
    innocent: ['harness/simulation/simulation.ts', 'this.#random.happens(0.5);'],
  },
  {
    law: 'chance can be repeated, or is as good as can be had: never that of Math',
    // A mutant may plant it.
    files: /^(?!harness\/(?:mutants\/|tidy\.test))/,
    offence: forbid(/\bMath\.random\b/),
    planted: ['harness/campaign/batch.ts', 'const seed = Math.random();'],
    innocent: ['harness/campaign/batch.ts', 'const seed = Math.floor(1.5);'],
  },
  {
    law: 'a step happens in one instant',
    files: inFolders('spec|protocol|refinement|impl/(?!framework)\\w+(?=/host\\.ts)'),
    offence: forbid(/\basync\b|\bawait\b|\bPromise\b|\bthen\(/),
    planted: ['protocol/lock/host.ts', 'export async function step() {}'],
    innocent: ['protocol/lock/host.ts', '// First this, then (perhaps) that.'],
  },
  {
    law: 'steps dispatch with a plain switch: patterns are for the harness',
    files: inFolders('spec|protocol|impl|refinement'),
    offence: forbid(/(?<!\.)\bmatch\(|from 'ts-pattern'/),
    planted: ['protocol/lock/host.ts', 'return match(msg)'],
    innocent: ['protocol/lock/host.ts', "text.match(/x/); regular('matches (all)')"],
  },
  {
    law: 'open ends are issues, not comments',
    files: /^(?!harness\/tidy\.test)/,
    offence: forbid(/\b(?:TODO|FIXME|XXX|HACK)\b/),
    planted: ['impl/lock/host.ts', '// TODO: write this.'],
    innocent: ['impl/lock/host.ts', '// All that there is to do.'],
  },
  {
    law: `a module fits in one sitting: at most ${MAX_LINES} lines`,
    files: /./,
    offence: (source) => {
      const lines = source.split('\n').length - 1;
      return lines > MAX_LINES ? `${lines} lines` : undefined;
    },
    planted: ['impl/lock/host.ts', '\n'.repeat(MAX_LINES + 1)],
    innocent: ['impl/lock/host.ts', '\n'.repeat(MAX_LINES)],
  },
  {
    law: 'a module of the upper levels opens by saying what it is',
    files: PURE,
    offence: (source) => (/^\/\*\*(?:\n \*)? # \S/.test(source) ? undefined : source.slice(0, 40)),
    planted: ['spec/lock/service.ts', "import { x } from './x.ts';\n/** # X */"],
    innocent: ['spec/lock/service.ts', '/**\n * # The lock service\n */'],
  },
  {
    law: 'every test runs, unless a condition or the line above says why not',
    files: /^(?!harness\/tidy\.test).*\.test\.ts$/,
    offence: (source) => {
      const lines = source.split('\n');
      return lines.find(
        (line, index) =>
          /\b(?:test|describe)(?:\.\w+)*\.only\b/.test(line)
          || (/\b(?:test|describe)(?:\.\w+)*\.(?:skip|todo|fails)\b/.test(line)
            && !/^ *\/\//.test(lines[index - 1] ?? '')),
      );
    },
    planted: ['spec/lock/service.test.ts', "\n  test.skip('the lock', () => {});"],
    innocent: [
      'spec/lock/service.test.ts',
      "  // No such disk here.\n  test.skip('it', () => {});",
    ],
  },
  {
    law: 'an implementation does not know what it is checked against',
    files: inFolders('protocol|impl'),
    offence: forbid(/from '[^']*\/spec\/[^']*\/service\.ts'/),
    planted: ['impl/lock/host.ts', "import type { State } from '../../spec/lock/service.ts';"],
    innocent: ['impl/lock/host.ts', "import { Log } from '../../spec/framework/log.ts';"],
  },
  {
    law: 'a service imports nothing of another',
    files: SERVICE,
    offence: (source, path) => {
      const own = SERVICE.exec(path)?.[1];
      const imported = source.matchAll(
        /from '(?:\.\.\/)+(?:(?:spec|protocol|impl|refinement|harness)\/)?(\w+)\/[\w/]+\.ts'/g,
      );
      for (const [statement, other] of imported) {
        if (!['framework', 'testing', 'apps', own].includes(other)) return statement;
      }
      return undefined;
    },
    planted: ['impl/rsl/host.ts', "import { LockHost } from '../lock/host.ts';"],
    innocent: ['impl/rsl/host.ts', "import { vote } from '../../protocol/rsl/acceptor.ts';"],
  },
];

const ROOT = new URL('..', import.meta.url).pathname;

const SOURCES = ['spec', 'protocol', 'impl', 'refinement', 'harness'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(ROOT, file).split(sep).join('/');
      return { path, source: readFileSync(file, 'utf8') };
    }),
);

describe.each(RULES)('tidy: $law', ({ files, offence, planted, innocent }) => {
  test('everywhere', () => {
    const concerned = SOURCES.filter(({ path }) => files.test(path));
    expect(concerned.length).toBeGreaterThan(0);
    const offences = concerned.flatMap(({ path, source }) => {
      const found = offence(source, path);
      return found === undefined ? [] : `${path}: ${found.trim()}`;
    });
    expect(offences).toEqual([]);
  });

  test('is a rule that can be broken, and that can be kept', () => {
    const breaks = ([path, source]: readonly [string, string]): boolean =>
      files.test(path) && offence(source, path) !== undefined;
    expect(files.test(innocent[0])).toBe(true);
    expect([breaks(planted), breaks(innocent)]).toEqual([true, false]);
  });
});
