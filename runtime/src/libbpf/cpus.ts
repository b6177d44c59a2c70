import { LibbpfError } from './error.js';
import { capture } from './log.js';
import { libbpf } from './native.js';

let count: number | undefined;

/** CPUs the kernel could ever bring up: how many values a per-CPU map keeps. */
export function possibleCpus(): number {
  if (count === undefined) {
    const { result, log } = capture(() => Number(libbpf('libbpf_num_possible_cpus')()));
    if (result < 0) throw new LibbpfError('libbpf_num_possible_cpus', -result, log);
    count = result;
  }
  return count;
}

/** Such as `1.1.2`. */
export function libbpfVersion(): string {
  return String(libbpf('libbpf_version_string')()).replace(/^v/, '');
}
