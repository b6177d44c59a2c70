import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './source-rules.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const generated = new Set(['node_modules', 'dist', 'portable']);

/** Files below directories of the repository whose path matches, with their text. Build outputs are left out. */
export function readFiles(directories: readonly string[], wanted: RegExp): SourceFile[] {
  return directories
    .flatMap((directory) => pathsBelow(join(root, directory)))
    .map((path) => relative(root, path))
    .filter((path) => wanted.test(path))
    .map((path) => ({ path, text: readText(path) }));
}

/** Everything that people read. */
export function documents(): SourceFile[] {
  return [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((path) => ({ path, text: readText(path) })),
    ...readFiles(['docs'], /\.md$/),
  ];
}

/** Text of one file of the repository. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function pathsBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (generated.has(entry.name)) return [];
    const path = join(directory, entry.name);
    return entry.isDirectory() ? pathsBelow(path) : [path];
  });
}
