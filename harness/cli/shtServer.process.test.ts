import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { killServers } from '../testing/lockServers.ts';
import { ShtService } from '../testing/shtServers.ts';

let directory: string;
let alone: ShtService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
  alone = await ShtService.create(directory, { count: 1 });
});

afterEach(() => {
  killServers();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('a host of the hash table', () => {
  test('begins and ends with the words of the original', async () => {
    const host = alone.start(1);
    await host.printed('[[READY]]');
    const { stdout } = await host.stop();
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'IronSHTServer program started',
      'Processing command-line arguments',
      'IronFleet program started.',
      '[[READY]]',
    ]);
    expect(lines.at(-1)).toBe('[[EXIT]]');
  });

  test('loads neither the protocol nor anything that checks', async () => {
    const coverage = join(directory, 'coverage');
    const host = alone.start(1, [], { NODE_V8_COVERAGE: coverage });
    await host.printed('[[READY]]');
    await host.stop();
    const modules = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8'));
      return result.map(({ url }: { url: string }) => url.replace(/.*\/dist\//, 'dist/'));
    });
    expect(modules).toContain('dist/impl/sht/host.js');
    expect(modules.filter((url) => /^dist\/(protocol|refinement)\//.test(url))).toEqual([]);
    // The words of the command line's options come along, and load nothing.
    const others = /^dist\/harness\/(?!cli[./]|\w+\/settings\.js$)/;
    expect(modules.filter((url) => others.test(url))).toEqual([]);
    expect(modules.filter((url) => url.includes('fast-check'))).toEqual([]);
  });
});
