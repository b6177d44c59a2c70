import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { TraceeError } from 'tracee/errors';
import { digestFiles } from './digest.js';

/** The BPF sources of this project. */
export interface Sources {
  directory: string;
  /** Over the names and contents of all C files. */
  digest: string;
  /** Digest of the event catalogue that they were generated from. */
  abi: string;
  /** `BPF_MAP_TYPE_*` in use, without the prefix, lower case. */
  mapTypes: string[];
}

export const mainFile = 'tracee.bpf.c';
/** Whose BTF says where the members stand that the programs read. */
export const layoutFile = 'layout.c';

/** Throws `COMPILE_FAILED` where the directory does not hold them. */
export function readSources(named: string): Sources {
  // The compiler runs in another directory.
  const directory = resolve(named);
  if (!existsSync(join(directory, mainFile))) {
    throw new TraceeError('COMPILE_FAILED', `${directory} has no ${mainFile}`, {
      hint: 'name the directory of the BPF sources with --sources',
    });
  }
  const files = filesBelow(directory)
    .filter((path) => /\.[ch]$/.test(path))
    .map((path) => ({ name: relative(directory, path), bytes: readFileSync(path) }));
  const text = files.map(({ bytes }) => bytes.toString('latin1')).join('\n');
  const abi = /#define TRACEE_ABI "([0-9a-f]{64})"/.exec(text)?.[1];
  if (abi === undefined) {
    throw new TraceeError('COMPILE_FAILED', `${directory}/generated/events.h does not define TRACEE_ABI`, {
      hint: 'npm run generate',
    });
  }
  const mapTypes = [...text.matchAll(/__uint\(type, BPF_MAP_TYPE_(\w+)\)/g)].map((match) =>
    (match[1] ?? '').toLowerCase(),
  );
  return { directory, digest: digestFiles(files), abi, mapTypes: [...new Set(mapTypes)].toSorted() };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
