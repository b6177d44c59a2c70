import { VmError } from './errors.js';

/** One kernel that can be booted: which Debian suite has it, and in which flavour. */
export interface KernelRow {
  /** What users type, `debian-<series>`. */
  readonly name: string;
  /** The `major.minor` that releases of this row begin with. */
  readonly series: string;
  /** The Debian suite whose metapackages name the newest build. */
  readonly suite: string;
  /** The Debian kernel flavour; the metapackages are `linux-image-<flavour>` and `linux-headers-<flavour>`. */
  readonly flavour: string;
}

/**
 * The kernels of the test matrix. Another kernel is another row: everything else (release, package names,
 * where a package keeps its files) is read from the suite's index and from the unpacked packages.
 * The cloud flavour has the same BPF configuration as the general one at a third of its size.
 */
export const kernelTable: readonly KernelRow[] = [
  { name: 'debian-5.10', series: '5.10', suite: 'bullseye', flavour: 'cloud-amd64' },
  { name: 'debian-6.1', series: '6.1', suite: 'bookworm', flavour: 'cloud-amd64' },
  { name: 'debian-6.12', series: '6.12', suite: 'trixie', flavour: 'cloud-amd64' },
  { name: 'debian-7.2', series: '7.2', suite: 'sid', flavour: 'cloud-amd64' },
];

/** The same kernel for arm64, in a place of its own in the cache. Not in the table: `runInVm` cannot boot it. */
export function onArm64(row: KernelRow): KernelRow {
  return { ...row, name: `${row.name}-arm64`, flavour: row.flavour.replace(/[^-]+$/, 'arm64') };
}

/** Debian's word for the processors that a row's kernel is for: `cloud-amd64` -> `amd64`. */
export function architectureOf({ flavour }: KernelRow): string {
  return flavour.slice(flavour.lastIndexOf('-') + 1);
}

/** The row called `name`; throws {@link VmError} naming all rows when there is none. */
export function findKernelRow(name: string): KernelRow {
  const row = kernelTable.find((candidate) => candidate.name === name);
  if (row === undefined) {
    const names = kernelTable.map((candidate) => candidate.name).join(', ');
    throw new VmError(`no kernel is called "${name}"`, `choose one of: ${names}`);
  }
  return row;
}
