import { TraceeError } from '../errors.js';
import { readBtf } from './btf/types.js';
import { compareLayout, describeDifferences, type LayoutDifference } from './layout.js';
import type { Manifest } from './manifest.js';

/**
 * Refuses an object whose members stand elsewhere in the kernel that it would be loaded on: made from the
 * headers of another build of a release of the same name, it would read rubbish without a word.
 *
 * @param kernelBtf Raw BTF of that kernel.
 * @param path Names the object in errors.
 * @throws TraceeError `OBJECT_LAYOUT` naming the first members that differ, or why they cannot be compared.
 */
export function checkLayout(manifest: Manifest, kernelBtf: Uint8Array, path: string): void {
  const differences = compare(manifest, kernelBtf, path);
  if (differences.length === 0) return;
  const release = manifest.kernel.release ?? 'this kernel';
  throw new TraceeError(
    'OBJECT_LAYOUT',
    `${path} was made for another build of kernel ${release}: ` +
      describeDifferences(differences, 'the object', 'this kernel'),
    {
      hint: `Rebuild it with the headers of this very build (apt-get install linux-headers-${release}): make bpf`,
    },
  );
}

function compare(manifest: Manifest, kernelBtf: Uint8Array, path: string): LayoutDifference[] {
  try {
    return compareLayout(manifest.layout, readBtf(kernelBtf, "the kernel's BTF"));
  } catch (cause) {
    if (!(cause instanceof TraceeError)) throw cause;
    throw new TraceeError('OBJECT_LAYOUT', `${path} cannot be compared with this kernel: ${cause.message}`, {
      hint: 'Use the portable object, or a version of this program that knows this kernel',
      cause,
    });
  }
}
