import { execa } from 'execa';

/** What a build may read: where names are looked up, in order, and where to start. */
export interface Inputs {
  /** Files that are compiled. */
  sources: string[];
  /** Include directories. */
  directories: string[];
  /** Names that are included before the first line: `linux/kconfig.h`. */
  preincluded: string[];
  /** Directories whose absolute names may stand in the arguments of tools. */
  roots: Record<'work' | 'sources', string> & Partial<Record<'headersSource' | 'headersBuild', string>>;
}

export interface ToolResult {
  failed: boolean;
  stdout: string;
  /** What to tell people when it failed. */
  stderr: string;
}

/**
 * Where the compiler's steps run. All names are of this machine, in arguments as in what the tools print;
 * a workplace elsewhere translates them.
 */
export interface Workplace {
  /** Makes the inputs readable for the tools. */
  bring(inputs: Inputs): Promise<void>;
  /** Makes files of the work directory, written on this machine, readable for the tools. */
  send(paths: readonly string[]): Promise<void>;
  run(program: string, args: readonly string[], signal: AbortSignal, directory: string): Promise<ToolResult>;
  /** Makes files that tools wrote into the work directory readable on this machine. */
  fetch(paths: readonly string[]): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** The tools run on this machine and see its files. */
export const thisMachine: Workplace = {
  bring: nothing,
  send: nothing,
  fetch: nothing,
  async run(program, args, signal, directory) {
    const { failed, stdout, stderr, shortMessage } = await execa(program, args, {
      cwd: directory,
      env: { LC_ALL: 'C' },
      reject: false,
      cancelSignal: signal,
    });
    return { failed, stdout, stderr: stderr === '' ? (shortMessage ?? '') : stderr };
  },
};
