import { TraceeError } from 'tracee/errors';
import { failOf, ok, warn, type Section } from 'tracee/doctor';
import { findHeaders } from '../kernel/headers.js';
import type { TargetKernel } from '../kernel/release.js';
import { createScratch } from '../scratch.js';

/** Where the types of a kernel would be taken from, and why other places were passed over. */
export function examineHeaders(kernel: TargetKernel, directories: string[], cache: string): Section {
  const misses: string[] = [];
  const title = `Headers of ${kernel.release} (${kernel.arch})`;
  const what = 'types';
  const passedOver = (): string => ['', ...misses].join('\n');
  using scratch = createScratch('headers');
  try {
    const origin = findHeaders({
      ...{ kernel, directories, allowMismatch: false, cache, scratch: scratch.path },
      onMiss: (place, reason) => misses.push(`not ${place}: ${reason}`),
    });
    const found = `${origin.where}${passedOver()}`;
    if (origin.types === 'headers') return { title, findings: [ok('headers', what, found)] };
    const mend = `BTF serves as well; for headers: apt-get install linux-headers-${kernel.release}`;
    return { title, findings: [warn('headers', what, found, mend)] };
  } catch (error) {
    if (!(error instanceof TraceeError)) throw error;
    return { title, findings: [failOf('headers', what, error)] };
  }
}
