/**
 * File name of the object for one kernel: dots of both parts become underscores, the rest stays.
 *
 * Kernel `6.1.0-56-amd64`, version `0.1.0` -> `tracee.bpf.6_1_0-56-amd64.0_1_0.o`.
 *
 * The encoding loses information (`el8_4` and `el8.4` meet), so a name is never decoded: encode what is
 * wanted and compare.
 */
export function objectName(kernelRelease: string, version: string): string {
  return `tracee.bpf.${encode(kernelRelease)}.${encode(version)}.o`;
}

/** File name of the portable (CO-RE) object: version `0.1.0` -> `tracee.bpf.core.0_1_0.o`. */
export function portableObjectName(version: string): string {
  return objectName('core', version);
}

/** `v0.1.0` -> `0.1.0`: release tags carry a `v`, names and manifests do not. */
export function normalizeVersion(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}

/** Whether a kernel release or version may stand in a file name: no separators, blanks or leading dash. */
export function isNameable(part: string): boolean {
  return /^[A-Za-z0-9_+~.][A-Za-z0-9_+~.-]{0,127}$/.test(part) && !/^\.+$/.test(part);
}

function encode(part: string): string {
  return part.replaceAll('.', '_');
}
