import { realpath } from 'node:fs/promises';
import { VmError } from './errors.js';
import { runProgram } from './programs.js';

/**
 * The shared libraries and the loader that a dynamically linked file needs, as the paths under which the
 * loader looks for them. Empty for a static program or a script.
 */
export async function findLibraries(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await runProgram('ldd', [file]);
  } catch (error) {
    // ldd has one exit status for all troubles; a static file is none.
    if (error instanceof VmError && error.message.includes('not a dynamic executable')) return [];
    throw error;
  }
  const { libraries, missing } = parseLdd(text);
  if (missing.length > 0) throw new VmError(`${file} needs ${missing.join(', ')}, which this system lacks`);
  return libraries;
}

/** The file that the loader takes for a library name such as `libbpf.so.1`. */
export async function findLibrary(name: string, debianPackage: string): Promise<string> {
  const text = await runProgram('ldconfig', ['-p']);
  const line = text.split('\n').find((candidate) => candidate.trim().startsWith(`${name} `));
  const path = line?.split(' => ')[1];
  if (path === undefined)
    throw new VmError(`not installed: ${name}`, `sudo apt-get install -y ${debianPackage}`);
  await realpath(path);
  return path;
}

/**
 * Parses the output of `ldd`:
 * `libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)`, `/lib64/ld-linux-x86-64.so.2 (0x…)`,
 * `libfoo.so => not found`; the kernel's `linux-vdso.so.1` has no file.
 */
export function parseLdd(text: string): { libraries: string[]; missing: string[] } {
  const libraries: string[] = [];
  const missing: string[] = [];
  for (const line of text.split('\n')) {
    const lost = /^\s*(\S+) => not found/.exec(line)?.[1];
    if (lost !== undefined) missing.push(lost);
    const path = /(?:^|\s)(\/\S+) \(0x/.exec(line)?.[1];
    if (path !== undefined) libraries.push(path);
  }
  return { libraries, missing };
}
