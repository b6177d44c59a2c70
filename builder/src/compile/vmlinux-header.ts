import { TraceeError } from 'tracee/errors';

/** The types of a BTF file as one C header. Throws `COMPILE_FAILED` where the file holds none. */
export async function dumpTypes(path: string): Promise<string> {
  const { Btf } = await import('tracee/libbpf');
  try {
    using btf = Btf.parseFile(path);
    return btf.dumpHeader();
  } catch (cause) {
    if (!(cause instanceof TraceeError) || cause.code !== 'LIBBPF_FAILED') throw cause;
    throw new TraceeError('COMPILE_FAILED', `${path} gives no types: ${cause.message}`, {
      hint: 'name raw BTF, such as a copy of /sys/kernel/btf/vmlinux, or an ELF file with BTF in it',
      cause,
    });
  }
}
