import { dirname, join } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { readDynamicStrings } from './dynamic-strings.js';
import { Remembered } from './remembered.js';
import { isSystemFile, isSystemProgram, resolveInRoot, rootOf } from './system-program.js';

/**
 * Libraries that make machine code while they run. A program that was linked with one does so by design: node
 * and java compile scripts, PCRE regular expressions, LLVM queries and shaders.
 */
const libraries =
  /^lib(?:pcre2?-|pcre\.so|jli\.so|jvm\.so|luajit|mozjs|javascriptcoregtk|webkit|node\.so|v8|LLVM|ruby|julia|coreclr|hostfxr|mono|guile-3|gccjit|orc-0|Qt\dWebEngine|Qt\dQml|lightning|unicorn)/;

/** Names that only programs which hold such an engine themselves export. */
const symbols = [
  '_ZN2v8',
  'napi_create_function',
  'luaJIT_',
  'enif_make_atom',
  'qemu_plugin_',
  'mono_jit_init',
];

/** Files beside a program whose engine exports no name: Chromium and what is made of it, Firefox, valgrind. */
const companions = [
  'v8_context_snapshot.bin',
  'snapshot_blob.bin',
  'libxul.so',
  'vgpreload_core-amd64-linux.so',
  'vgpreload_core-arm64-linux.so',
];

const libraryDirectories = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/lib/x86_64-linux-gnu',
  '/lib64',
  '/lib',
  '/usr/local/lib',
];

/** Half of all programs need it, for one function; it interprets the expressions of its own files with PCRE. */
const notFollowed = 'libselinux.';

/** Of the libraries of a program, as many are followed. */
const maxLibraries = 100;

/** Programs change rarely, and an upgrade makes another inode. */
const answers = new Remembered<boolean>(10 * 60_000, 512);

/**
 * Whether the program behind an event makes machine code by design: one of the system's (see
 * isSystemProgram()) whose file holds an engine or was linked with one. What it is called, and what it loaded
 * since it runs, are not asked: both are in an attacker's hands.
 */
export function isCodeGenerator(event: TracedEvent): boolean {
  const { executable, executableFile: file } = event;
  if (executable === undefined || file === undefined || !isSystemProgram(event)) return false;
  return answers.get(`${file.dev}:${file.inode}:${executable}`, () => {
    const root = rootOf(event);
    return root !== undefined && generatesCode(root, executable);
  });
}

/** The same for a file below `root`, a directory without a slash at its end. */
export function generatesCode(root: string, program: string): boolean {
  const directory = dirname(program);
  if (companions.some((name) => isSystemFile(root, join(directory, name)))) return true;
  const { needed, strings } = readDynamicStrings(join(root, program));
  if (symbols.some((name) => strings.includes(`\0${name}`, 'latin1'))) return true;
  const waiting = [...needed];
  const seen = new Set(waiting);
  for (let index = 0; index < waiting.length && index < maxLibraries; index++) {
    const name = waiting[index] ?? '';
    if (libraries.test(name)) return true;
    const library = name.startsWith(notFollowed) ? undefined : findLibrary(root, directory, name);
    if (library === undefined) continue;
    for (const more of readDynamicStrings(join(root, library)).needed) {
      if (!seen.has(more)) waiting.push(more);
      seen.add(more);
    }
  }
  return false;
}

function findLibrary(root: string, programDirectory: string, name: string): string | undefined {
  if (name.includes('/')) return undefined;
  const directories = [join(programDirectory, '../lib'), ...libraryDirectories];
  return directories
    .map((directory) => resolveInRoot(root, join(directory, name)))
    .find((found) => found !== undefined && isSystemFile(root, found));
}
