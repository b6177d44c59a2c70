import { relative } from 'node:path';
import { Command } from 'commander';
import { escapeText } from 'tracee/escape';
import { readStore, type StoreEntry } from '../store/contents.js';
import { age, columns, size } from './table.js';
import { print, printJson, printLines } from './report.js';

/** `list [DIR]`: the objects of a store, and which of them a runtime would refuse. */
export function listCommand(): Command {
  return new Command('list')
    .description('list the objects in a directory, and which of them a runtime would refuse')
    .argument('[directory]', 'where build and ensure put them', 'dist')
    .option('--json', 'print the list as JSON')
    .action((directory: string, flags: { json?: true }) => {
      const entries = readStore(directory);
      if (flags.json === true) printJson(entries.map(asJson));
      else if (entries.length === 0) printLines([`no objects in ${directory}`]);
      else print(columns([head, ...entries.map((entry) => row(directory, entry).map(escapeText))]));
    });
}

const head = ['NAME', 'KERNEL', 'ARCH', 'VERSION', 'TYPES', 'CLANG', 'SIZE', 'AGE', 'STATUS'];

function row(
  store: string,
  { path, manifest, sizeBytes, modifiedMs, refusal, hasSignature }: StoreEntry,
): string[] {
  const status = refusal === undefined ? (hasSignature ? 'ok, signed' : 'ok') : `refused: ${refusal}`;
  return [
    relative(store, path),
    manifest === undefined ? '-' : (manifest.kernel.release ?? 'any with BTF'),
    manifest?.kernel.arch ?? '-',
    manifest?.version ?? '-',
    manifest?.types ?? '-',
    manifest?.toolchain.clang ?? '-',
    size(sizeBytes),
    age(Date.now() - modifiedMs),
    status,
  ];
}

function asJson({ name, path, manifest, sizeBytes, modifiedMs, refusal, hasSignature }: StoreEntry): object {
  return {
    ...{ name, path },
    kernel: manifest?.kernel.release ?? null,
    arch: manifest?.kernel.arch ?? null,
    version: manifest?.version ?? null,
    types: manifest?.types ?? null,
    clang: manifest?.toolchain.clang ?? null,
    sizeBytes,
    modified: new Date(modifiedMs).toISOString(),
    isUsable: refusal === undefined,
    reason: refusal ?? null,
    hasSignature,
  };
}
