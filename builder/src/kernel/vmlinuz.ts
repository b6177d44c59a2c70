import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { TraceeError } from 'tracee/errors';

/** How payloads begin, and the program that unpacks them from its input; gzip is Node's own. */
const compressions: readonly { name: string; magic: string; program: string[]; hasSize: boolean }[] = [
  { name: 'gzip', magic: '1f8b', program: [], hasSize: false },
  { name: 'xz', magic: 'fd377a585a00', program: ['xz', '-dc'], hasSize: true },
  { name: 'zstd', magic: '28b52ffd', program: ['zstd', '-dcq'], hasSize: true },
  { name: 'lz4', magic: '02214c18', program: ['lz4', '-dc'], hasSize: true },
];

/** Far above a real kernel; a hostile payload could unpack to anything. */
const sizeLimit = 512 * 1024 * 1024;

/** The boot protocol's header (Documentation/arch/x86/boot.rst), which has the payload's place since 2.08. */
const bootHeader = { setupSectors: 0x1f1, magic: 0x202, version: 0x206, payload: 0x248, end: 0x250 } as const;

/** Whether this is a `vmlinuz` as x86 boots it (bzImage). */
export function isKernelImage(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(bootHeader.magic, bootHeader.magic + 4));
  return bytes.length >= bootHeader.end && magic.toString('latin1') === 'HdrS';
}

/**
 * The kernel's ELF file in a `vmlinuz`: unpacked in memory, never written.
 * Throws `OBJECT_INVALID`, and `TOOLCHAIN_MISSING` where the program for its compression is not there.
 */
export async function unpackKernel(image: Uint8Array, path: string): Promise<Uint8Array> {
  const payload = payloadOf(image, path);
  const hex = Buffer.from(payload.subarray(0, 8)).toString('hex');
  const compression = compressions.find(({ magic }) => hex.startsWith(magic));
  if (compression === undefined) {
    const known = compressions.map(({ name }) => name).join(', ');
    throw invalidImage(path, `has a payload that begins with ${hex}: none of ${known}`);
  }
  // The kernel's build appends the unpacked size, which xz and the others would take for rubbish.
  const packed = compression.hasSize ? payload.subarray(0, -4) : payload;
  const [program, ...args] = compression.program;
  if (program !== undefined) return unpackWith(program, args, packed, path);
  try {
    return gunzipSync(packed, { maxOutputLength: sizeLimit });
  } catch (cause) {
    throw invalidImage(path, 'has a damaged gzip payload', cause);
  }
}

function payloadOf(image: Uint8Array, path: string): Uint8Array {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const version = view.getUint16(bootHeader.version, true);
  if (version < 0x208) throw invalidImage(path, `has boot protocol 0x${version.toString(16)}, before 0x208`);
  // An image with 0 sectors of setup has 4.
  const sectors = (image[bootHeader.setupSectors] ?? 0) || 4;
  const start = (sectors + 1) * 512 + view.getUint32(bootHeader.payload, true);
  const end = start + view.getUint32(bootHeader.payload + 4, true);
  if (end <= image.length) return image.subarray(start, end);
  throw invalidImage(path, `is truncated: its payload ends at ${end} but it has ${image.length} bytes`);
}

async function unpackWith(
  program: string,
  args: string[],
  packed: Uint8Array,
  path: string,
): Promise<Uint8Array> {
  const result = await execa(program, args, {
    input: packed,
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: sizeLimit,
    reject: false,
  });
  if (result.code === 'ENOENT') {
    throw new TraceeError(
      'TOOLCHAIN_MISSING',
      `${path} is compressed with ${program}, which is not installed`,
      {
        hint: `apt-get install ${program === 'xz' ? 'xz-utils' : program}, or give the kernel's raw BTF instead`,
      },
    );
  }
  if (result.failed) throw invalidImage(path, `has a damaged ${program} payload`, result.originalMessage);
  return result.stdout;
}

function invalidImage(path: string, problem: string, cause?: unknown): TraceeError {
  return new TraceeError('OBJECT_INVALID', `${path} ${problem}`, {
    hint: "give the kernel's raw BTF, its vmlinux or its vmlinuz",
    ...(cause === undefined ? {} : { cause }),
  });
}
