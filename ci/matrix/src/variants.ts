/** What an object takes the kernel's types from. */
export type ObjectKind = 'headers' | 'btf' | 'portable';

/** One way to run the tests on a kernel. */
export interface Variant {
  /** How the table calls it. */
  readonly name: string;
  readonly kind: ObjectKind;
  /** Given to every tracee of the tests, words apart by blanks. */
  readonly traceeArguments: string;
  /** Names of the kernels that it is meant for; without it all. */
  readonly kernels?: readonly string[];
}

/** The ways to run; another is another line. 5.10 is the oldest kernel here: what older ones need runs there. */
export const variantTable: readonly Variant[] = [
  { name: 'headers', kind: 'headers', traceeArguments: '' },
  { name: 'btf', kind: 'btf', traceeArguments: '' },
  { name: 'portable', kind: 'portable', traceeArguments: '' },
  { name: 'headers, perf', kind: 'headers', traceeArguments: '--buffer perf', kernels: ['debian-5.10'] },
];

/** The variants that a kernel is tested in. */
export function variantsFor(kernel: string): Variant[] {
  return variantTable.filter(({ kernels }) => kernels === undefined || kernels.includes(kernel));
}
