import { invalid, isElf, readElfSection } from '../elf.js';
import { isBtf } from './types.js';

/**
 * The raw BTF in a file: the whole of it (`/sys/kernel/btf/vmlinux`), or the `.BTF` section of an ELF file
 * (an object, or the `vmlinux` that newer header packages carry).
 *
 * @throws TraceeError `OBJECT_INVALID`.
 */
export function rawBtf(bytes: Uint8Array, what: string): Uint8Array {
  if (isBtf(bytes)) return bytes;
  if (!isElf(bytes)) throw invalid(what, 'is neither BTF nor an ELF file');
  const section = readElfSection(bytes, what, '.BTF');
  if (section === undefined || section.length === 0) throw invalid(what, 'has no .BTF section');
  return section;
}
