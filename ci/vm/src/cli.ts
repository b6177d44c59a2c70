#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { VmError } from './errors.js';
import { fetchKernel, type FetchedKernel } from './fetch.js';
import type { FileMapping } from './image.js';
import { findKernelRow, kernelTable, type KernelRow } from './kernels.js';
import { runInVm } from './run.js';
import { readSettings } from './settings.js';

const help = `Run commands under real Debian kernels, in a VM.

Usage: node ci/vm/dist/cli.js <command>

Commands:
  list                      the kernels that can be booted
  fetch <kernel>... | all   get kernels and their headers into the cache
      --update                  ask the archive for a newer build even when the cache has one
  headers <kernel>          print KERN_HEADERS and KERN_RELEASE as shell assignments
      --json                    print all paths of the kernel as JSON instead
  run <kernel> [options] -- <command>...
                            boot the kernel, run the command as root, exit with its status
      --file <from>:<to>[:<mode>]   host file or directory to have in the guest; mode is octal (repeat)
      --program <name>          host program to have in the guest, with its libraries (repeat)
      --env <name>=<value>      (repeat)
      --arg <text>              kernel argument, such as lsm=yama,bpf (repeat)
      --memory <MiB>            default 1024
      --cpus <count>            default 2
      --icount                  one CPU whose clocks count instructions, a nanosecond each (slow)
      --timeout <seconds>       for boot and command together, default 180
      --console                 print the kernel's console to stderr at the end

Node, libbpf and busybox are in every guest; its root is ext4, /tmp included.

Environment:
  TRACEE_CACHE_DIR   where kernels are kept (default: .cache in the repository)
  DEBIAN_MIRROR      URI of a Debian archive (default: the one apt uses on this system)

Exit status: that of the command in the guest; 1 failed, 2 bad usage, 130 interrupted.
`;

/** A command line that cannot be understood. */
class UsageError extends VmError {
  constructor(message: string) {
    super(message, 'node ci/vm/dist/cli.js --help');
  }
}

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}

async function main(words: readonly string[]): Promise<number> {
  const [command, ...rest] = words;
  switch (command) {
    case 'list':
      return list();
    case 'fetch':
      return fetchKernels(rest);
    case 'headers':
      return printHeaders(rest);
    case 'run':
      return run(rest);
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(help);
      return 0;
    case undefined:
      throw new UsageError('no command given');
    default:
      throw new UsageError(`unknown command "${command}"`);
  }
}

function list(): number {
  for (const { name, suite, flavour } of kernelTable) {
    process.stdout.write(`${name.padEnd(12)} ${suite.padEnd(10)} linux-image-${flavour}\n`);
  }
  return 0;
}

async function fetchKernels(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(() =>
    parseArgs({
      args: words,
      allowPositionals: true,
      options: { update: { type: 'boolean', default: false } },
    }),
  );
  if (positionals.length === 0) throw new UsageError('fetch needs the name of a kernel, or "all"');
  const rows = positionals.includes('all') ? kernelTable : positionals.map(findKernelRow);
  for (const row of rows) {
    const kernel = await fetchRow(row, values.update);
    process.stdout.write(`${row.name} ${kernel.release} (${kernel.packageVersion})\n`);
  }
  return 0;
}

async function printHeaders(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(() =>
    parseArgs({
      args: words,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    }),
  );
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('headers needs the name of one kernel');
  const kernel = await fetchRow(findKernelRow(name), false);
  const headers = `${kernel.buildDir}:${kernel.sourceDir}`;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...kernel, kernHeaders: headers }, undefined, 2)}\n`
      : `KERN_HEADERS='${headers}'\nKERN_RELEASE='${kernel.release}'\n`,
  );
  return 0;
}

function fetchRow(row: KernelRow, update: boolean): Promise<FetchedKernel> {
  return fetchKernel(row, {
    settings: readSettings(process.env),
    update,
    signal: abort.signal,
    onProgress: printProgress,
  });
}

async function run(words: string[]): Promise<number> {
  const separator = words.indexOf('--');
  if (separator < 0) throw new UsageError('run needs "--" and a command after it');
  const [program, ...programArguments] = words.slice(separator + 1);
  if (program === undefined) throw new UsageError('run needs a command after "--"');
  const { values, positionals } = parseWords(() =>
    parseArgs({
      args: words.slice(0, separator),
      allowPositionals: true,
      options: {
        file: { type: 'string', multiple: true, default: [] },
        program: { type: 'string', multiple: true, default: [] },
        env: { type: 'string', multiple: true, default: [] },
        arg: { type: 'string', multiple: true, default: [] },
        memory: { type: 'string', default: '1024' },
        cpus: { type: 'string', default: '2' },
        timeout: { type: 'string', default: '180' },
        icount: { type: 'boolean', default: false },
        console: { type: 'boolean', default: false },
      },
    }),
  );
  const [kernel, ...more] = positionals;
  if (kernel === undefined || more.length > 0)
    throw new UsageError('run needs the name of one kernel before "--"');

  const result = await runInVm({
    settings: readSettings(process.env),
    kernel,
    command: [program, ...programArguments],
    files: values.file.map(parseMapping),
    programs: values.program,
    env: Object.fromEntries(values.env.map(parseAssignment)),
    kernelArguments: values.arg,
    memoryMiB: parseCount('--memory', values.memory),
    processors: parseCount('--cpus', values.cpus),
    countsInstructions: values.icount,
    timeoutMs: parseCount('--timeout', values.timeout) * 1000,
    signal: abort.signal,
    onOutput: (chunk, stream) => process[stream].write(chunk),
    onProgress: printProgress,
  });
  if (values.console) process.stderr.write(result.consoleLog);
  printProgress(
    `${kernel}: exit status ${result.exitStatus}, image ${result.buildSeconds.toFixed(1)} s, VM ${result.seconds.toFixed(1)} s`,
  );
  return result.exitStatus;
}

function parseWords<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `dist/x.o:/tmp/tracee/x.o:644` */
function parseMapping(text: string): FileMapping {
  const [from, to, mode, ...rest] = text.split(':');
  if (
    !from ||
    !to?.startsWith('/') ||
    rest.length > 0 ||
    (mode !== undefined && !/^[0-7]{3,4}$/.test(mode))
  ) {
    throw new UsageError(`--file "${text}" is not <from>:</absolute/to>[:<octal mode>]`);
  }
  return { from, to, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) };
}

function parseAssignment(text: string): [string, string] {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new UsageError(`--env "${text}" is not <name>=<value>`);
  return [match[1], match[2]];
}

function parseCount(option: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UsageError(`${option} "${text}" is not a whole number above 0`);
  return Number(text);
}

function printProgress(message: string): void {
  process.stderr.write(`vm: ${message}\n`);
}

function reportError(error: unknown): number {
  if (abort.signal.aborted) return 130;
  if (!(error instanceof VmError)) throw error;
  process.stderr.write(`vm: ${error.message}\n${error.hint === undefined ? '' : `    ${error.hint}\n`}`);
  return error instanceof UsageError ? 2 : 1;
}
