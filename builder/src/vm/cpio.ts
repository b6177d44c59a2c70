/** What an initramfs is made of. Parents must come before what is in them. */
export type CpioEntry =
  | { readonly name: string; readonly kind: 'directory' }
  | {
      readonly name: string;
      readonly kind: 'file';
      readonly bytes: Uint8Array;
      readonly isExecutable?: boolean;
    }
  | { readonly name: string; readonly kind: 'link'; readonly target: string }
  | { readonly name: string; readonly kind: 'device'; readonly major: number; readonly minor: number };

const modes = { directory: 0o040_755, file: 0o100_644, link: 0o120_777, device: 0o020_600 } as const;
const executable = 0o111;

/**
 * An archive as the kernel unpacks it (`newc`, Documentation/driver-api/early-userspace/buffer-format.rst): a
 * header of 8-digit hexadecimal fields, the name and the contents, each padded to 4 bytes. All is root's,
 * and device nodes need no privileges to be written.
 */
export function* writeCpio(entries: readonly CpioEntry[]): Generator<Uint8Array> {
  for (const [index, entry] of entries.entries()) yield* writeEntry(entry, index + 1);
  yield* writeEntry({ name: 'TRAILER!!!', kind: 'file', bytes: new Uint8Array() }, 0);
}

function* writeEntry(entry: CpioEntry, inode: number): Generator<Uint8Array> {
  const contents = contentsOf(entry);
  const mode = modes[entry.kind] | (entry.kind === 'file' && entry.isExecutable === true ? executable : 0);
  const [major, minor] = entry.kind === 'device' ? [entry.major, entry.minor] : [0, 0];
  const name = Buffer.from(`${entry.name}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, contents.length, 0, 0, major, minor, name.length, 0];
  const hex = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  yield padded(Buffer.concat([Buffer.from(`070701${hex}`), name]));
  yield padded(contents);
}

function contentsOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.bytes;
  return entry.kind === 'link' ? Buffer.from(entry.target) : new Uint8Array();
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = -bytes.length & 3;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(rest)]);
}
