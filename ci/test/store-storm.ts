import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { locateObject, type Architecture, type Manifest } from '../../runtime/dist/artifact/index.js';
import { TraceeError } from '../../runtime/dist/errors.js';

/* Many builders of one object at once, some of them killed, and readers beside them. */

export interface Storm {
  /** The script of tracee-builder. */
  builder: string;
  /** BPF sources to compile. */
  sources: string;
  /** Directory for all but the store. */
  scratch: string;
  /** The store, as different hosts would see it: one path each. */
  stores: readonly string[];
  processes: number;
  /** Killed at random moments; one of them, where there are any, is whoever is compiling. */
  kills: number;
  rounds: number;
  /** The compiler that the stand-in runs. */
  clang: string;
  /** Other tools, named like the variables for them; their stand-ins are the same. */
  tools?: Readonly<Record<string, string>>;
  /** Moments of kills are chosen from so much time; 0.2 s for each builder where this is missing. */
  killsWithinMs?: number;
}

export interface Round {
  seconds: number;
  compiles: number;
  killed: number;
  /** Killed while it had the lock and its compiler ran. */
  killedWhileCompiling: boolean;
  /** Status and stderr of builders that were not killed and failed. */
  failures: string[];
  /** What builders said of locks that changed hands without being given back. */
  losses: string[];
  /** Different digests that builders printed. */
  digests: string[];
  /** Looks of the readers, by what they saw. */
  reads: { object: number; none: number; bad: string[] };
  /** What lies in the store afterwards. */
  files: string[];
}

export async function rage(
  storm: Storm,
  onRound: (round: Round) => void = () => undefined,
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let number = 0; number < storm.rounds; number++) {
    const round = await runRound(storm, join(storm.scratch, `round-${number}`));
    rounds.push(round);
    onRound(round);
  }
  return rounds;
}

async function runRound(storm: Storm, directory: string): Promise<Round> {
  const started = performance.now();
  const [store = ''] = storm.stores;
  for (const name of readdirSync(store).filter((one) => one.endsWith('.o'))) rmSync(join(store, name));
  mkdirSync(directory);
  const log = join(directory, 'compiles');
  writeFileSync(log, '');
  const standIns = {
    CLANG: writeStandIn(join(directory, 'clang'), storm.clang, `echo "$PPID" >>'${log}'`),
    ...Object.fromEntries(
      Object.entries(storm.tools ?? {}).map(([name, path]) => [
        name,
        writeStandIn(join(directory, name), path, ':'),
      ]),
    ),
  };
  const readers = new Readers(storm);
  const builders = Array.from({ length: storm.processes }, (_none, index) =>
    startBuilder(storm, directory, standIns, storm.stores[index % storm.stores.length] ?? ''),
  );
  const isKilledWhileCompiling = killSome(storm, builders, log);
  const ends = await Promise.all(builders.map(({ ended }) => ended));
  const killedWhileCompiling = await isKilledWhileCompiling;
  const reads = await readers.stop();
  const survivors = ends.filter(({ signal }) => signal !== 'SIGKILL');
  const results = survivors.filter(({ status }) => status === 0);
  rmSync(join(directory, 'temporary'), { recursive: true });
  return {
    seconds: (performance.now() - started) / 1000,
    compiles: linesOf(log).length,
    killed: ends.length - survivors.length,
    killedWhileCompiling,
    failures: survivors
      .filter(({ status }) => status !== 0)
      .map(({ status, stderr }) => `${status}: ${stderr.trim()}`),
    losses: ends.flatMap(({ stderr }) => stderr.split('\n').filter((line) => line.includes(' silent for '))),
    digests: [...new Set(results.map(({ stdout }) => digestOf(stdout)))],
    reads,
    files: readdirSync(store),
  };
}

/**
 * A tool that does something first and is then the real one. Its version it knows by heart: to be asked for that
 * is most of the work of an emulated machine, where each of them links half of LLVM before it answers.
 */
function writeStandIn(path: string, tool: string, first: string): string {
  const version = execFileSync(tool, ['--version'], { encoding: 'utf8' });
  writeFileSync(`${path}.version`, version);
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && exec cat '${path}.version'\n${first}\nexec '${tool}' "$@"\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

interface Builder {
  child: ChildProcess;
  ended: Promise<{ status: number | null; signal: string | null; stdout: string; stderr: string }>;
}

function startBuilder(
  storm: Storm,
  directory: string,
  standIns: Readonly<Record<string, string>>,
  store: string,
): Builder {
  const temporary = join(directory, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const args = ['ensure', '--portable', '--json', '--sources', storm.sources, '--output', store];
  const child = spawn(process.execPath, [storm.builder, ...args], {
    env: { PATH: process.env['PATH'], ...standIns, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const isClosed = once(child, 'close');
  const ended = once(child, 'exit').then(async ([status, signal]) => {
    // The compiler of one that was killed may hold the pipes open.
    if (signal === null) await isClosed;
    return { status: status as number | null, signal: signal as string | null, ...output };
  });
  return { child, ended };
}

/** Gives whether one was killed while its compiler ran. */
async function killSome(
  { kills, killsWithinMs }: Storm,
  builders: readonly Builder[],
  log: string,
): Promise<boolean> {
  if (kills === 0) return false;
  const chosen = builders.toSorted(() => Math.random() - 0.5).slice(0, kills - 1);
  const isAlive = ({ child }: Builder): boolean => child.exitCode === null && child.signalCode === null;
  const atRandom = chosen.map(async ({ child, ended }) => {
    await Promise.race([sleep(Math.random() * (killsWithinMs ?? builders.length * 200)), ended]);
    child.kill('SIGKILL');
  });
  let wasCompiling = false;
  const whoCompiles = async (): Promise<void> => {
    while (linesOf(log).length === 0 && builders.some(isAlive)) await sleep(5);
    const holder = builders.find(({ child }) => String(child.pid) === linesOf(log)[0]);
    wasCompiling = holder?.child.kill('SIGKILL') ?? false;
  };
  await Promise.all([...atRandom, whoCompiles()]);
  return wasCompiling;
}

/** Looks for the object as the runtime does, again and again. */
class Readers {
  readonly #seen: Round['reads'] = { object: 0, none: 0, bad: [] };
  readonly #wanted: { abi: string; arch: Architecture };
  readonly #loops: Promise<void>[];
  #isOver = false;

  constructor({ stores, sources }: Storm) {
    const header = readFileSync(join(sources, 'generated/events.h'), 'latin1');
    const abi = /#define TRACEE_ABI "([0-9a-f]{64})"/.exec(header)?.[1] ?? '';
    this.#wanted = { abi, arch: process.arch === 'arm64' ? 'aarch64' : 'x86_64' };
    this.#loops = stores.map((store) => this.#loop(store));
  }

  async stop(): Promise<Round['reads']> {
    this.#isOver = true;
    await Promise.all(this.#loops);
    return this.#seen;
  }

  async #loop(store: string): Promise<void> {
    while (!this.#isOver) {
      this.#look(store);
      await sleep(2);
      // Where a look takes longer than that, Node would serve timers for ever and never see a child end.
      await nextTurn();
    }
    this.#look(store);
  }

  #look(store: string): void {
    const name = readdirSync(store).find((one) => one.endsWith('.o'));
    if (name === undefined) {
      this.#seen.none += 1;
      return;
    }
    try {
      const version = name.replace(/^.*core\.(.*)\.o$/, '$1').replaceAll('_', '.');
      locateObject({
        ...{ ...this.#wanted, version, kernelRelease: 'any', kernelHasBtf: true },
        readKernelBtf: () => new Uint8Array(),
        bpfFile: join(store, name),
        installPath: store,
        portableDirs: [],
      });
      this.#seen.object += 1;
    } catch (error) {
      this.#seen.bad.push(error instanceof TraceeError ? error.message : String(error));
    }
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** Of the manifest that `--json` prints, whole: equal objects have equal ones. */
function digestOf(stdout: string): string {
  const { manifest } = JSON.parse(stdout) as { manifest: Manifest };
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 16);
}
