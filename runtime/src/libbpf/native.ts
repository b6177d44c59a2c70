import koffi, { type LibraryHandle } from 'koffi';
import { TraceeError } from '../errors.js';

/** An address in native memory, as koffi passes it. */
export type Pointer = bigint;

/** A C function of libbpf or the C library. */
type NativeFunction = ((...args: unknown[]) => unknown) & {
  async: (...args: unknown[]) => void;
};

const libbpfPrototypes = {
  libbpf_set_print: 'void *libbpf_set_print(void *fn)',
  libbpf_strerror: 'int libbpf_strerror(int err, _Out_ char *buf, size_t size)',
  libbpf_num_possible_cpus: 'int libbpf_num_possible_cpus()',
  libbpf_version_string: 'const char *libbpf_version_string()',
  libbpf_probe_bpf_map_type: 'int libbpf_probe_bpf_map_type(int type, const void *opts)',
  libbpf_probe_bpf_prog_type: 'int libbpf_probe_bpf_prog_type(int type, const void *opts)',
  libbpf_major_version: 'uint32_t libbpf_major_version()',
  bpf_object__open_mem: 'void *bpf_object__open_mem(const void *bytes, size_t size, const void *opts)',
  bpf_object__load: 'int bpf_object__load(void *obj)',
  bpf_object__close: 'void bpf_object__close(void *obj)',
  bpf_object__next_program: 'void *bpf_object__next_program(void *obj, void *prog)',
  bpf_object__next_map: 'void *bpf_object__next_map(void *obj, void *map)',
  bpf_program__name: 'const char *bpf_program__name(void *prog)',
  bpf_program__section_name: 'const char *bpf_program__section_name(void *prog)',
  bpf_program__fd: 'int bpf_program__fd(void *prog)',
  bpf_program__insn_cnt: 'size_t bpf_program__insn_cnt(void *prog)',
  bpf_program__autoload: 'bool bpf_program__autoload(void *prog)',
  bpf_program__set_autoload: 'int bpf_program__set_autoload(void *prog, bool autoload)',
  bpf_program__set_attach_target: 'int bpf_program__set_attach_target(void *prog, int fd, const char *name)',
  bpf_program__type: 'int bpf_program__type(void *prog)',
  bpf_program__set_log_buf: 'int bpf_program__set_log_buf(void *prog, void *buf, size_t size)',
  bpf_program__set_log_level: 'int bpf_program__set_log_level(void *prog, uint32_t level)',
  bpf_program__attach: 'void *bpf_program__attach(void *prog)',
  bpf_program__attach_trace: 'void *bpf_program__attach_trace(void *prog)',
  bpf_program__attach_lsm: 'void *bpf_program__attach_lsm(void *prog)',
  bpf_program__attach_kprobe: 'void *bpf_program__attach_kprobe(void *prog, bool retprobe, const char *name)',
  bpf_program__attach_raw_tracepoint:
    'void *bpf_program__attach_raw_tracepoint(void *prog, const char *name)',
  bpf_program__attach_tracepoint:
    'void *bpf_program__attach_tracepoint(void *prog, const char *category, const char *name)',
  bpf_link__destroy: 'int bpf_link__destroy(void *link)',
  bpf_map__name: 'const char *bpf_map__name(void *map)',
  bpf_map__fd: 'int bpf_map__fd(void *map)',
  bpf_map__type: 'int bpf_map__type(void *map)',
  bpf_map__key_size: 'uint32_t bpf_map__key_size(void *map)',
  bpf_map__value_size: 'uint32_t bpf_map__value_size(void *map)',
  bpf_map__max_entries: 'uint32_t bpf_map__max_entries(void *map)',
  bpf_map__set_max_entries: 'int bpf_map__set_max_entries(void *map, uint32_t entries)',
  bpf_map__set_autocreate: 'int bpf_map__set_autocreate(void *map, bool autocreate)',
  bpf_map__set_initial_value: 'int bpf_map__set_initial_value(void *map, const void *data, size_t size)',
  bpf_map__reuse_fd: 'int bpf_map__reuse_fd(void *map, int fd)',
  bpf_map_update_elem: 'int bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)',
  bpf_map_lookup_elem: 'int bpf_map_lookup_elem(int fd, const void *key, void *value)',
  bpf_map_delete_elem: 'int bpf_map_delete_elem(int fd, const void *key)',
  bpf_map_get_next_key: 'int bpf_map_get_next_key(int fd, const void *key, void *next)',
  bpf_prog_load:
    'int bpf_prog_load(int type, const char *name, const char *license, const void *instructions, size_t count, const void *opts)',
  bpf_prog_test_run_opts: 'int bpf_prog_test_run_opts(int fd, void *opts)',
  btf__parse: 'void *btf__parse(const char *path, void *ext)',
  btf__free: 'void btf__free(void *btf)',
  btf__type_by_id: 'void *btf__type_by_id(void *btf, uint32_t id)',
  btf__name_by_offset: 'const char *btf__name_by_offset(void *btf, uint32_t offset)',
  btf__type_cnt: 'uint32_t btf__type_cnt(void *btf)',
  btf__find_by_name_kind: 'int btf__find_by_name_kind(void *btf, const char *name, uint32_t kind)',
  btf_dump__new: 'void *btf_dump__new(void *btf, void *print, void *ctx, const void *opts)',
  btf_dump__free: 'void btf_dump__free(void *dump)',
  btf_dump__dump_type: 'int btf_dump__dump_type(void *dump, uint32_t id)',
} as const;

const libcPrototypes = {
  vsnprintf: 'int vsnprintf(void *buf, size_t size, const char *format, void *args)',
  vasprintf: 'int vasprintf(_Out_ void **text, const char *format, void *args)',
  free: 'void free(void *memory)',
  malloc_trim: 'int malloc_trim(size_t kept)',
  mmap: 'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
  mprotect: 'int mprotect(void *address, size_t length, int protection)',
  munmap: 'int munmap(void *address, size_t length)',
  eventfd: 'int eventfd(uint32_t value, int flags)',
  eventfd_write: 'int eventfd_write(int fd, uint64_t value)',
  eventfd_read: 'int eventfd_read(int fd, void *value)',
  epoll_create1: 'int epoll_create1(int flags)',
  epoll_ctl: 'int epoll_ctl(int epfd, int op, int fd, void *event)',
  epoll_wait: 'int epoll_wait(int epfd, void *events, int count, int timeout)',
  perf_event_open:
    'long syscall(long number, const void *attributes, long pid, long cpu, long group, long flags)',
  syscall: 'long syscall(long number, const void *a, const void *b, const void *c, long d, long e)',
  ioctl: 'int ioctl(int fd, unsigned long request, long value)',
  close: 'int close(int fd)',
  strerror: 'const char *strerror(int number)',
  waitpid: 'int waitpid(int pid, void *status, int options)',
  sysconf: 'long sysconf(int name)',
} as const;

type LibbpfName = keyof typeof libbpfPrototypes;
type LibcName = keyof typeof libcPrototypes;

interface Libraries {
  libbpf: LibraryHandle;
  libc: LibraryHandle;
}

let libraries: Libraries | undefined;
const bound = new Map<string, NativeFunction>();

/** A function of libbpf; the library is loaded at the first call, so that importing this costs nothing. */
export function libbpf(name: LibbpfName): NativeFunction {
  return bind(name, libbpfPrototypes[name], () => load().libbpf);
}

/** A function of the C library. */
export function libc(name: LibcName): NativeFunction {
  return bind(name, libcPrototypes[name], () => load().libc);
}

function bind(name: string, prototype: string, library: () => LibraryHandle): NativeFunction {
  let native = bound.get(name);
  if (native === undefined) {
    native = library().func(prototype) as NativeFunction;
    bound.set(name, native);
  }
  return native;
}

function load(): Libraries {
  if (libraries !== undefined) return libraries;
  const hint = 'install libbpf 1.0 or newer: apt-get install libbpf1';
  let handle: LibraryHandle;
  try {
    handle = koffi.load('libbpf.so.1');
  } catch (cause) {
    throw new TraceeError('LIBBPF_MISSING', 'libbpf.so.1 cannot be loaded', { hint, cause });
  }
  libraries = { libbpf: handle, libc: koffi.load('libc.so.6') };
  return libraries;
}

/** Whether a pointer that C returned is NULL. */
export function isNull(pointer: unknown): boolean {
  return pointer === null || pointer === 0 || pointer === 0n;
}

/** Gives memory that C has freed back to the kernel; reading the kernel's BTF leaves some 10 MiB. */
export function returnFreedMemory(): void {
  libc('malloc_trim')(0);
}
