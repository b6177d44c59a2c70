import { readFileSync } from 'node:fs';
import { machine, release } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import type { Built, BuildRequest } from '../build.js';
import { sha256 } from '../digest.js';
import {
  identitiesOf,
  isBinary,
  memoFile,
  recall,
  remember,
  type Memo,
  type MemoKey,
} from '../store/memo.js';

/** Variables that decide what is built. */
const variables = [
  ...['KERN_RELEASE', 'KERN_HEADERS', 'KERN_BLD_PATH', 'KERN_SRC_PATH', 'VERSION', 'RELEASE_TAG'],
  ...['CLANG', 'LLC', 'LLVM_STRIP', 'LLVM_OBJCOPY', 'PATH'],
];

/** What this very command found last time, where nothing has changed since. */
export function recallEnsure(): Memo | undefined {
  const key = memoKey();
  const file = memoPath(key);
  return file === undefined ? undefined : recall(file, key);
}

export interface Ensured {
  request: BuildRequest;
  built: Built;
  libbpfRoot: string;
  /** Places that were passed over in search of headers. */
  missed: readonly string[];
  said: string[];
  printed: string;
}

/** Takes down what this command found. Tools that are scripts are asked each time. */
export function rememberEnsure(ensured: Ensured): void {
  const key = memoKey();
  const file = memoPath(key);
  const { clang, llc, strip, objcopy } = ensured.request.toolchain;
  const tools = [clang, llc ?? clang, strip, objcopy].map(({ path }) => path);
  if (file === undefined || !tools.every(isBinary)) return;
  const { request, built, said, printed } = ensured;
  remember(file, key, {
    identities: identitiesOf([...tools, ...otherPaths(key, ensured)]),
    contents: Object.fromEntries(
      [built.path, ...configuration(request)].map((path) => [resolve(path), sha256(readFileSync(path))]),
    ),
    sources: { directory: request.sources.directory, digest: request.sources.digest },
    libbpf: { root: ensured.libbpfRoot, digest: request.libbpf.digest },
    ...{ said, printed },
  });
}

/** What the search for tools and headers looked at, and what was named. */
function otherPaths({ words, environment }: MemoKey, { request, built, missed }: Ensured): string[] {
  const { origin, output, target } = request;
  const named = [...words, ...Object.values(environment)]
    .flatMap((word) => (word ?? '').replace(/^--[a-z-]+=/, '').split(delimiter))
    .filter((word) => word !== '' && !word.startsWith('-') && resolve(word) !== resolve(output));
  return [
    ...named,
    ...missed,
    ...(origin.types === 'headers'
      ? [origin.where, origin.tree.build, origin.tree.source, join(origin.tree.build, 'vmlinux')]
      : []),
    ...(target === undefined ? [] : [target.path]),
    '/sys/kernel/btf/vmlinux',
    // What would be looked at before it, and what vouches for it.
    join(dirname(built.path), request.kernel.arch, basename(built.path)),
    `${built.path}.sig`,
  ];
}

function configuration({ origin }: BuildRequest): string[] {
  if (origin.types !== 'headers') return [];
  return ['utsrelease.h', 'autoconf.h'].map((name) => join(origin.tree.build, 'include/generated', name));
}

function memoKey(): MemoKey {
  const { env } = process;
  return {
    words: process.argv.slice(2),
    environment: Object.fromEntries(variables.map((name) => [name, env[name]])),
    ...{ directory: process.cwd(), release: release(), arch: machine() },
  };
}

/** In the user's cache, `XDG_CACHE_HOME` or `~/.cache`; without a home nothing is remembered. */
function memoPath(key: MemoKey): string | undefined {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  if (cache?.startsWith('/') === true) return memoFile(cache, key);
  return home?.startsWith('/') === true ? memoFile(join(home, '.cache'), key) : undefined;
}
