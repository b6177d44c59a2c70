import { readFileSync } from 'node:fs';
import { BpfObject } from '../../runtime/src/libbpf/index.js';
import { checkLoads, type LoadReport } from '../../runtime/src/tracing/load-check.js';

/* A program for the virtual machine: paths of objects in, what its kernel says of each as a line of JSON out. */

export interface Loaded {
  readonly file: string;
  readonly report: LoadReport;
}

/** `fexit__syscall_7` is the same code as `fexit__syscall_0`: check-vm.slow.test.ts loads these too. */
const copy = /__syscall_(?!0$)\d+$/;

for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const loaded: Loaded = { file, report: checkLoads(bytes, distinctPrograms(bytes)) };
  process.stdout.write(`${JSON.stringify(loaded)}\n`);
}

function distinctPrograms(bytes: Uint8Array): string[] {
  using object = BpfObject.openMemory(bytes);
  return object
    .programs()
    .map(({ name }) => name)
    .filter((name) => !copy.test(name));
}
