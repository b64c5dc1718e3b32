import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteKeyFile } from './keyFile.ts';
import { UsageError } from './usageError.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ironfleet-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('a key file', () => {
  test('is deleted once, and whoever comes second is told that somebody else was first', () => {
    const path = join(directory, 'key');
    writeFileSync(path, 'secret');
    deleteKeyFile(path);
    expect(existsSync(path)).toBe(false);
    expect(() => deleteKeyFile(path)).toThrow(UsageError);
    expect(() => deleteKeyFile(path)).toThrow(/deleted meanwhile: somebody else has started/);
  });

  test('that cannot be deleted is an error that says what can be done', () => {
    expect(() => deleteKeyFile(directory)).toThrow(UsageError);
    expect(() => deleteKeyFile(directory)).toThrow(/safeguard=false/);
  });
});
