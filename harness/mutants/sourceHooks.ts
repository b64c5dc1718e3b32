/**
 * # Loading the source with patches
 *
 * Module hooks that let a thread run the TypeScript source as it stands, with a mutant's patches
 * applied. This is the whole build of a mutant: no file is written.
 */
import { readFile } from 'node:fs/promises';
import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';
import { applyPatch, type Patch } from './mutant.ts';

export interface HookData {
  /** The project's root, as a URL that ends in a slash. */
  readonly root: string;
  readonly patches: readonly Patch[];
}

let data: HookData = { root: '', patches: [] };

export function initialize(given: HookData): void {
  data = given;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith(data.root) || !url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  let source = await readFile(path, 'utf8');
  for (const patch of data.patches) {
    if (url === new URL(patch.file, data.root).href) source = applyPatch(patch, source);
  }
  const { code } = await transformWithOxc(source, path, { sourcemap: false });
  return { format: 'module', source: code, shortCircuit: true };
};
