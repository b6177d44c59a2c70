/** Bytes of credentials in a record: eight ids, then five sets of capabilities. */
export const slimCredSize = 72;

/** In the order of `struct slim_cred`, called as the original called them. */
const ids = ['Uid', 'Gid', 'Suid', 'Sgid', 'Euid', 'Egid', 'Fsuid', 'Fsgid'];
const capabilities = ['CapInheritable', 'CapPermitted', 'CapEffective', 'CapBounding', 'CapAmbient'];

/**
 * Ids and capabilities of a task: `Uid=0 Gid=0 … CapEffective=0x1ffffffffff …`. Nothing where the bytes are not whole.
 */
export function describeCredentials(bytes: Buffer): string {
  if (bytes.length < slimCredSize) return '';
  const parts = ids.map((name, index) => `${name}=${bytes.readUInt32LE(4 * index)}`);
  const start = 4 * ids.length;
  for (const [index, name] of capabilities.entries())
    parts.push(`${name}=0x${bytes.readBigUInt64LE(start + 8 * index).toString(16)}`);
  return parts.join(' ');
}
