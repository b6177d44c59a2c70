import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { BpfObject } from '../../runtime/src/libbpf/index.js';
import { checkLoads, type LoadReport } from '../../runtime/src/tracing/load-check.js';

/* A program for the virtual machine: paths of objects in, what its kernel says of each as a line of JSON out. */

export interface Loaded {
  readonly file: string;
  readonly report: LoadReport;
}

/** `fexit__syscall_7` is the same code as `fexit__syscall_0`: check-vm.slow.test.ts loads these too. */
const copy = /__syscall_(?!0$)\d+$/;

const [, program = '', ...files] = process.argv;
if (process.send === undefined) shareOut();
else for (const file of files) process.send(load(file));

/** A verifier works on one processor only. */
function shareOut(): void {
  const shares = Array.from({ length: availableParallelism() }, (): string[] => []);
  for (const [index, file] of files.entries()) shares[index % shares.length]?.push(file);
  for (const share of shares) {
    fork(program, share)
      .on('message', (loaded) => process.stdout.write(`${JSON.stringify(loaded)}\n`))
      .on('exit', (status) => (process.exitCode ||= status ?? 1));
  }
}

function load(file: string): Loaded {
  const bytes = readFileSync(file);
  return { file, report: checkLoads(bytes, distinctPrograms(bytes)) };
}

function distinctPrograms(bytes: Uint8Array): string[] {
  using object = BpfObject.openMemory(bytes);
  return object
    .programs()
    .map(({ name }) => name)
    .filter((name) => !copy.test(name));
}
