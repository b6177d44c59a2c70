import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { execa } from 'execa';
import coerce from 'semver/functions/coerce.js';
import lt from 'semver/functions/lt.js';
import major from 'semver/functions/major.js';
import { TraceeError } from 'tracee/errors';

/** A program and the version it says it has. */
export interface Tool {
  path: string;
  /** `14.0.6` */
  version: string;
}

export interface Toolchain {
  clang: Tool;
  /** Missing where no llc of clang's major was found: clang then does both steps. */
  llc: Tool | undefined;
  strip: Tool;
  objcopy: Tool;
}

/** What the user named, each a program or the directory it lies in. */
export interface ToolchainWishes {
  clang?: string | undefined;
  llc?: string | undefined;
  strip?: string | undefined;
  objcopy?: string | undefined;
  /** The `PATH` to search. */
  searchPath: string;
}

/**
 * Clang before 11 does not say in BTF which functions are global, so that the verifier follows each of them at every call, and
 * some programs go beyond what it follows.
 */
const oldestClang = '11.0.0';

/**
 * Majors by what is known to load on the most kernels (not by what is newest); any other comes after these.
 */
const preference = [14, 16, 15, 17, 18, 13, 11, 12, 22, 21, 20, 19];

const install = 'apt-get install clang-14 llvm-14';

/** Throws `TOOLCHAIN_MISSING` and `TOOLCHAIN_UNUSABLE`. */
export async function findToolchain(wishes: ToolchainWishes): Promise<Toolchain> {
  const clang = await findClang(wishes);
  const own = major(clang.version);
  const inOrder = (name: string): string[] => [
    `${name}-${own}`,
    name,
    ...preference.map((other) => `${name}-${other}`),
  ];
  const [llc, strip, objcopy] = await Promise.all([
    findTool('llc', wishes.llc, inOrder('llc'), wishes),
    findTool('llvm-strip', wishes.strip, inOrder('llvm-strip'), wishes),
    findTool('llvm-objcopy', wishes.objcopy, inOrder('llvm-objcopy'), wishes),
  ]);
  if (wishes.llc !== undefined && llc !== undefined && major(llc.version) !== own) {
    throw new TraceeError(
      'TOOLCHAIN_UNUSABLE',
      `${clang.path} is version ${clang.version}, but ${llc.path} is version ${llc.version}: they read different IR`,
      { hint: `name an llc of version ${own} with LLC, or none: clang can do both steps` },
    );
  }
  return {
    clang,
    llc: llc !== undefined && major(llc.version) === own ? llc : undefined,
    strip: required('llvm-strip', strip),
    objcopy: required('llvm-objcopy', objcopy),
  };
}

async function findClang(wishes: ToolchainWishes): Promise<Tool> {
  const found = await findTools(
    'clang',
    wishes.clang,
    ['clang', ...preference.map((one) => `clang-${one}`)],
    wishes,
    (tool) => rank(tool) === 0,
  );
  const usable = found.filter(({ version }) => !lt(version, oldestClang));
  const best = usable.toSorted((a, b) => rank(a) - rank(b))[0];
  if (best !== undefined) return best;
  const [old] = found;
  if (old === undefined) return required('clang', undefined);
  throw new TraceeError(
    'TOOLCHAIN_UNUSABLE',
    `${old.path} is clang ${old.version}, but ${oldestClang} or newer is needed`,
    {
      hint: install,
    },
  );
}

function rank({ version }: Tool): number {
  const position = preference.indexOf(major(version));
  return position === -1 ? preference.length : position;
}

async function findTool(
  name: string,
  wish: string | undefined,
  names: readonly string[],
  wishes: ToolchainWishes,
): Promise<Tool | undefined> {
  const own = /-(\d+)$/.exec(names[0] ?? '')?.[1];
  const isOwn = ({ version }: Tool): boolean => String(major(version)) === own;
  const tools = await findTools(name, wish, names, wishes, isOwn);
  return tools.find(isOwn) ?? tools[0];
}

/** Asks one program after the other for its version, up to the first that is best. */
async function findTools(
  name: string,
  wish: string | undefined,
  names: readonly string[],
  wishes: ToolchainWishes,
  isBest: (tool: Tool) => boolean,
): Promise<Tool[]> {
  const paths =
    wish === undefined || wish === ''
      ? onPath(names, wishes.searchPath)
      : [namedProgram(name, wish, names, wishes.searchPath)];
  const tools: Tool[] = [];
  for (const path of paths) {
    const version = await readVersion(path);
    // What was found by searching and does not work is passed over; what was named must work.
    if (version !== undefined) tools.push({ path, version });
    else if (wish !== undefined && wish !== '') throw versionError(path);
    if (tools.some(isBest)) break;
  }
  return tools;
}

function namedProgram(name: string, wish: string, names: readonly string[], searchPath: string): string {
  // Absolute, since the compiler runs in another directory.
  const candidates = isDirectory(wish)
    ? names.map((one) => resolve(wish, one))
    : [resolve(wish), ...onPath([wish], searchPath)];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new TraceeError(
    'TOOLCHAIN_MISSING',
    `${wish} was named as ${name}, but is no program or directory with one`,
    {
      hint: `name the program, or leave it unset to search PATH`,
    },
  );
}

function onPath(names: readonly string[], searchPath: string): string[] {
  const directories = searchPath.split(delimiter).filter((directory) => directory !== '');
  const found = names.flatMap(
    (name) => directories.map((directory) => resolve(directory, name)).find(isExecutable) ?? [],
  );
  return [...new Set(found)];
}

/** `Debian clang version 14.0.6` -> `14.0.6`. */
export function versionIn(output: string): string | undefined {
  return coerce(/version\s+(\S+)/.exec(output)?.[1])?.version;
}

async function readVersion(path: string): Promise<string | undefined> {
  const { stdout, failed } = await execa(path, ['--version'], { reject: false, env: { LC_ALL: 'C' } });
  return failed ? undefined : versionIn(stdout);
}

function versionError(path: string): TraceeError {
  return new TraceeError('TOOLCHAIN_UNUSABLE', `${path} --version does not tell a version`, {
    hint: install,
  });
}

function required(name: string, tool: Tool | undefined): Tool {
  if (tool !== undefined) return tool;
  throw new TraceeError('TOOLCHAIN_MISSING', `no working ${name} was found on PATH under any of its names`, {
    hint: install,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
