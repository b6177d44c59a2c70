import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One script that ran on a stage. */
export interface Act {
  /** Of the shell that ran it, and of the program that it became by `exec`. */
  pid: number;
  status: number;
}

/**
 * A shell that runs one script after the other, so that one session of tracee serves many assertions. It
 * speaks on stderr: there nothing but short lines is written, and those of several writers do not mix.
 */
export class Stage {
  readonly #shell: ChildProcess;
  readonly #lines: string[] = [];

  /** @param shell a process whose stdin is read by `/bin/sh` and whose stderr is that of the shell */
  constructor(shell: ChildProcess) {
    this.#shell = shell;
    if (shell.stderr === null) throw new TypeError('a stage needs the stderr of its shell');
    createInterface(shell.stderr).on('line', (line) => {
      this.#lines.push(line);
      this.#shell.emit('stage-line');
    });
    shell.once('close', () => this.#shell.emit('stage-line'));
  }

  /** Runs a script in a shell of its own; its stdout is thrown away. */
  async run(script: string): Promise<Act> {
    const inner = `echo "stage pid $$" >&2; ${script}`;
    this.#shell.stdin?.write(`/bin/sh -c ${quote(inner)} >/dev/null; echo "stage status $?" >&2\n`);
    const pid = await this.#next(/^stage pid (\d+)$/);
    const status = await this.#next(/^stage status (\d+)$/);
    return { pid, status };
  }

  /** The process id of the shell itself. */
  async pid(): Promise<number> {
    this.#shell.stdin?.write('echo "stage pid $$" >&2\n');
    return this.#next(/^stage pid (\d+)$/);
  }

  /** Ends the shell. */
  leave(): void {
    this.#shell.stdin?.end();
  }

  async #next(pattern: RegExp): Promise<number> {
    for (;;) {
      const at = this.#lines.findIndex((line) => pattern.test(line));
      if (at >= 0) return Number(pattern.exec(this.#lines.splice(at, 1)[0] ?? '')?.[1]);
      if (this.#shell.exitCode !== null) throw new Error(`the stage ended: ${this.#lines.join('\n')}`);
      await once(this.#shell, 'stage-line');
    }
  }
}

/** `it's` -> `'it'\''s'`: one word for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
