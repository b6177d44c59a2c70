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
  /** Names of the kernels that `make test` runs it on; `make test-kernels` has all. Without it all. */
  readonly suite?: readonly string[];
}

/**
 * The ways to run; another is another line. 5.10 is the oldest kernel here: what older ones need runs there. Emulated,
 * a kernel with one object takes minutes.
 */
export const variantTable: readonly Variant[] = [
  {
    name: 'headers',
    kind: 'headers',
    traceeArguments: '',
    suite: ['debian-5.10', 'debian-6.1'],
  },
  { name: 'btf', kind: 'btf', traceeArguments: '', suite: ['debian-5.10'] },
  { name: 'portable', kind: 'portable', traceeArguments: '' },
  { name: 'headers, perf', kind: 'headers', traceeArguments: '--buffer perf', kernels: ['debian-5.10'] },
];

/** The variants that a kernel is tested in. */
export function variantsFor(kernel: string, isSuite = false): Variant[] {
  const isFor = (names: readonly string[] | undefined): boolean =>
    names === undefined || names.includes(kernel);
  return variantTable.filter(({ kernels, suite }) => isFor(kernels) && (!isSuite || isFor(suite)));
}
