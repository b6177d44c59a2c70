import { join } from 'node:path';
import type { TargetKernel } from '../release.js';

/**
 * Where the packages of a kernel are unpacked to: the root of their files. By architecture too, since two of
 * them can share a release (Ubuntu's do).
 */
export function fetchedPlace(
  cache: string,
  { release, arch }: Pick<TargetKernel, 'release' | 'arch'>,
): string {
  return join(cache, 'headers', arch, release);
}
