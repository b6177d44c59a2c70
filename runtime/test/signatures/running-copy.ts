import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Executed } from '../../src/signatures/support/same-program.js';

interface CopySettings {
  readonly args?: readonly string[];
  readonly name?: string;
  /** Makes the copy another. */
  readonly change?: (bytes: Buffer) => Buffer;
}

/** A process that runs a copy of a program, and what the kernel would say of the copy. */
export async function startCopy(
  context: TestContext,
  original: string,
  { args = ['30'], name = 'copy', change }: CopySettings = {},
): Promise<{ pid: number; path: string; copy: Executed }> {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-copy-'));
  const path = join(directory, name);
  const bytes = readFileSync(original);
  writeFileSync(path, change?.(bytes) ?? bytes, { mode: 0o755 });
  const child = spawn(path, args, { stdio: 'ignore' });
  context.after(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  const pid = child.pid ?? 0;
  while (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(path)) await pause(5);
  const { ino, size } = statSync(path, { bigint: true });
  return { pid, path, copy: { dev: 7, inode: ino, sizeBytes: Number(size) } };
}
