/** `stat`'s number (minor's low 8 bits, 12 of major, the rest of minor) as the kernel writes it: major << 20 | minor. */
export function kernelDevice(dev: bigint): number {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffff_ffffn);
  return Number((major << 20n) | minor);
}
