import koffi from 'koffi';
import { LibbpfError, lastErrno } from './error.js';
import { capture } from './log.js';
import { isNull, libbpf, libc, type Pointer } from './native.js';

/** Where kernels since 5.4 show their own types. */
export const kernelBtfPath = '/sys/kernel/btf/vmlinux';

const kindFunction = 12;
const kindStruct = 4;
const kindEnum = 6;
const kindTypedef = 8;

/** Types of a kernel or an object. */
export class Btf implements Disposable {
  #handle: Pointer | undefined;

  private constructor(handle: Pointer) {
    this.#handle = handle;
  }

  /** The running kernel's. Throws {@link LibbpfError} where it has none. */
  static kernel(): Btf {
    return Btf.parseFile(kernelBtfPath);
  }

  /** Raw BTF, or an ELF file with a `.BTF` section. */
  static parseFile(path: string): Btf {
    const { result, log } = capture(() => {
      const handle = libbpf('btf__parse')(path, null) as Pointer | null;
      return { handle, errno: lastErrno() };
    });
    if (result.handle === null || isNull(result.handle)) {
      throw new LibbpfError(`btf__parse (${path})`, result.errno, log);
    }
    return new Btf(result.handle);
  }

  hasFunction(name: string): boolean {
    return this.#has(name, kindFunction);
  }

  /** The type's number; 0 or less where there is none. */
  functionId(name: string): number {
    return this.#find(name, kindFunction);
  }

  /** Of what {@link hasTracepoint} asks for. */
  tracepointId(name: string): number {
    return this.#find(`btf_trace_${name}`, kindTypedef);
  }

  hasStruct(name: string): boolean {
    return this.#has(name, kindStruct);
  }

  /** What raw tracepoints and tp_btf attach to: include/trace/bpf_probe.h defines a type for each since 5.3 (e8c423fb31fa). */
  hasTracepoint(name: string): boolean {
    return this.#has(`btf_trace_${name}`, kindTypedef);
  }

  /** What a name of an enumeration stands for; undefined where there is no such enumeration, or no such name in it. */
  enumValue(enumeration: string, name: string): number | undefined {
    const id = this.#find(enumeration, kindEnum);
    if (id <= 0) return undefined;
    const type = libbpf('btf__type_by_id')(this.#handle, id) as Pointer;
    // struct btf_type, and a struct btf_enum for each name behind it (include/uapi/linux/btf.h).
    const [, info = 0] = koffi.decode(type, koffi.array('uint32_t', 3)) as Uint32Array;
    const words = koffi.decode(type, koffi.array('uint32_t', 3 + 2 * (info & 0xffff))) as Uint32Array;
    for (let at = 3; at < words.length; at += 2) {
      if (libbpf('btf__name_by_offset')(this.#handle, words[at] ?? 0) === name) return words[at + 1];
    }
    return undefined;
  }

  /** All types as one C header, each access relocatable (CO-RE). */
  dumpHeader(): string {
    const handle = this.#open();
    const chunks: string[] = [];
    const buffer = Buffer.alloc(1 << 16);
    const prototype = koffi.proto('void (void *ctx, const char *format, void *args)');
    const callback = koffi.register((_context: unknown, format: string, args: unknown): void => {
      const size = Number(libc('vsnprintf')(buffer, buffer.length, format, args));
      chunks.push(buffer.toString('utf8', 0, Math.min(size, buffer.length - 1)));
    }, koffi.pointer(prototype));
    try {
      const { result, log } = capture(
        () => libbpf('btf_dump__new')(handle, callback, null, null) as Pointer | null,
      );
      if (result === null || isNull(result)) throw new LibbpfError('btf_dump__new', lastErrno(), log);
      try {
        dumpTypes(result, Number(libbpf('btf__type_cnt')(handle)));
      } finally {
        libbpf('btf_dump__free')(result);
      }
    } finally {
      koffi.unregister(callback);
    }
    return [headerStart, ...chunks, headerEnd].join('');
  }

  [Symbol.dispose](): void {
    if (this.#handle === undefined) return;
    libbpf('btf__free')(this.#handle);
    this.#handle = undefined;
  }

  #has(name: string, kind: number): boolean {
    return this.#find(name, kind) > 0;
  }

  #find(name: string, kind: number): number {
    const handle = this.#open();
    return capture(() => Number(libbpf('btf__find_by_name_kind')(handle, name, kind))).result;
  }

  #open(): Pointer {
    if (this.#handle === undefined) throw new RangeError('this BTF is closed');
    return this.#handle;
  }
}

function dumpTypes(dump: Pointer, count: number): void {
  for (let id = 1; id < count; id++) {
    const { result, log } = capture(() => Number(libbpf('btf_dump__dump_type')(dump, id)));
    if (result < 0) throw new LibbpfError(`btf_dump__dump_type (${id})`, -result, log);
  }
}

const headerStart = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)

`;

const headerEnd = `
#pragma clang attribute pop

#endif
`;
