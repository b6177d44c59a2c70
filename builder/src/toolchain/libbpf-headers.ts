import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { TraceeError } from 'tracee/errors';
import { digestFiles } from '../digest.js';

/** The helper headers of libbpf that the BPF sources include. */
export interface LibbpfHeaders {
  /** Holds `bpf_helpers.h` and the others. */
  directory: string;
  version: string;
  digest: string;
  /** Helper id -> name, as `bpf_helper_defs.h` declares them. */
  helperNames: Map<number, string>;
}

const needed = ['bpf_helpers.h', 'bpf_helper_defs.h', 'bpf_tracing.h', 'bpf_core_read.h'];

/** `root` is an include directory with `bpf/` in it. Throws `TOOLCHAIN_MISSING`. */
export function findLibbpfHeaders(root: string): LibbpfHeaders {
  const directory = resolve(root, 'bpf');
  const missing = needed.filter((name) => !existsSync(resolve(directory, name)));
  if (missing.length > 0) {
    throw new TraceeError(
      'TOOLCHAIN_MISSING',
      `libbpf's headers are not in ${directory}: no ${missing.join(', ')}`,
      {
        hint: 'apt-get install libbpf-dev, or name their include directory with --libbpf-headers',
      },
    );
  }
  const headers = readdirSync(directory).filter((name) => name.endsWith('.h'));
  return {
    directory,
    version: readVersion(directory),
    digest: digestFiles(headers.map((name) => ({ name, bytes: readFileSync(resolve(directory, name)) }))),
    helperNames: readHelperNames(directory),
  };
}

function readVersion(directory: string): string {
  const path = resolve(directory, 'libbpf_version.h');
  const text = existsSync(path) ? readFileSync(path, 'latin1') : '';
  const part = (name: string): string =>
    new RegExp(`#define LIBBPF_${name}_VERSION (\\d+)`).exec(text)?.[1] ?? '0';
  return `${part('MAJOR')}.${part('MINOR')}`;
}

/** `static long (*bpf_map_update_elem)(…) = (void *) 2;`; newer ones say `(* const bpf_map_update_elem)`. */
function readHelperNames(directory: string): Map<number, string> {
  const text = readFileSync(resolve(directory, 'bpf_helper_defs.h'), 'latin1');
  const declarations = text.matchAll(/\(\*\s*(?:const\s+)?(bpf_\w+)\)\([^;]*?\)\s*=\s*\(void \*\)\s*(\d+);/g);
  return new Map([...declarations].map((match) => [Number(match[2]), match[1] ?? '']));
}
