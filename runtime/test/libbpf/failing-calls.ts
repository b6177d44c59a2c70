import { readFileSync } from 'node:fs';
import { BpfObject, Btf, LibbpfError } from '../../src/libbpf/index.js';

/*
 * A program that makes libbpf complain in every way: opens garbage, loads the object named on its command
 * line, which the verifier refuses, and parses a file that is no BTF. Prints what it caught as JSON.
 */
const [path = ''] = process.argv.slice(2);

function caught(call: () => void): Record<string, unknown> {
  try {
    call();
    return { succeeded: true };
  } catch (error) {
    if (!(error instanceof LibbpfError)) throw error;
    const { call: name, code, errno, errnoName, log, message, programName } = error;
    return { call: name, code, errno, errnoName, log, message, programName };
  }
}

const outcomes = {
  garbage: caught(() =>
    BpfObject.openMemory(Buffer.from('this is no object, but long enough for a header'.repeat(4))),
  ),
  empty: caught(() => BpfObject.openMemory(new Uint8Array())),
  refused: caught(() => BpfObject.openMemory(readFileSync(path)).load()),
  btf: caught(() => Btf.parseFile(new URL(import.meta.url).pathname)),
};
process.stdout.write(JSON.stringify(outcomes));
