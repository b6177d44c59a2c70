import { constants } from 'node:os';
import { possibleCpus } from './cpus.js';
import { LibbpfError, lastErrno } from './error.js';
import { capture } from './log.js';
import { libbpf, type Pointer } from './native.js';

/** `BPF_MAP_TYPE_*` whose values are kept per CPU. */
const perCpuTypes = new Set([5, 6, 10, 21]);

/**
 * One map of a {@link BpfObject}. Keys and values are raw bytes of exactly the map's sizes. The value of a
 * per-CPU map is the values of all possible CPUs one after the other, each padded to 8 bytes.
 */
export class BpfMap {
  readonly name: string;
  readonly #handle: Pointer;
  readonly #owner: () => Pointer;

  constructor(handle: Pointer, owner: () => Pointer) {
    this.#handle = handle;
    this.#owner = owner;
    this.name = String(libbpf('bpf_map__name')(handle));
  }

  get fd(): number {
    return Number(libbpf('bpf_map__fd')(this.#open()));
  }

  /** `BPF_MAP_TYPE_*` number. */
  get type(): number {
    return Number(libbpf('bpf_map__type')(this.#open()));
  }

  get keySize(): number {
    return Number(libbpf('bpf_map__key_size')(this.#open()));
  }

  get valueSize(): number {
    return Number(libbpf('bpf_map__value_size')(this.#open()));
  }

  get maxEntries(): number {
    return Number(libbpf('bpf_map__max_entries')(this.#open()));
  }

  get isPerCpu(): boolean {
    return perCpuTypes.has(this.type);
  }

  /** Before loading. */
  setMaxEntries(entries: number): void {
    this.#configure('bpf_map__set_max_entries', entries);
  }

  /** Before loading: a map that is not created cannot be used by any loaded program. */
  setAutocreate(isAutocreate: boolean): void {
    this.#configure('bpf_map__set_autocreate', isAutocreate);
  }

  /** Before loading: the contents of a data section (`.rodata`, `.data`), all of it. */
  setInitialValue(bytes: Uint8Array): void {
    this.#expectSize(bytes, this.valueSize, 'initial value');
    const { result, log } = capture(() =>
      Number(libbpf('bpf_map__set_initial_value')(this.#open(), bytes, bytes.length)),
    );
    if (result < 0) throw new LibbpfError(`bpf_map__set_initial_value (${this.name})`, -result, log);
  }

  /** Before loading: use an existing map. */
  reuseFd(fd: number): void {
    this.#configure('bpf_map__reuse_fd', fd);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#expectSize(key, this.keySize, 'key');
    const value = new Uint8Array(this.#storedSize());
    return this.#access('bpf_map_lookup_elem', key, value) ? value : undefined;
  }

  /** Throws {@link LibbpfError}, for example E2BIG for a hash that is full. */
  set(key: Uint8Array, value: Uint8Array, flags = 0n): void {
    this.#expectSize(key, this.keySize, 'key');
    this.#expectSize(value, this.#storedSize(), 'value');
    const { result, log } = capture(() => Number(libbpf('bpf_map_update_elem')(this.fd, key, value, flags)));
    if (result < 0) throw new LibbpfError(`bpf_map_update_elem (${this.name})`, -result, log);
  }

  /** False where the key was not there. */
  delete(key: Uint8Array): boolean {
    this.#expectSize(key, this.keySize, 'key');
    return this.#access('bpf_map_delete_elem', key);
  }

  *entries(): Generator<[key: Uint8Array, value: Uint8Array]> {
    let key: Uint8Array | null = null;
    for (;;) {
      const next = new Uint8Array(this.keySize);
      if (!this.#access('bpf_map_get_next_key', key, next)) return;
      const value = this.get(next);
      if (value !== undefined) yield [next, value];
      key = next;
    }
  }

  #storedSize(): number {
    const size = this.valueSize;
    return this.isPerCpu ? Math.ceil(size / 8) * 8 * possibleCpus() : size;
  }

  /** False for ENOENT. */
  #access(
    name: 'bpf_map_lookup_elem' | 'bpf_map_delete_elem' | 'bpf_map_get_next_key',
    ...rest: unknown[]
  ): boolean {
    const { result, log } = capture(() => Number(libbpf(name)(this.fd, ...rest)));
    if (result === 0) return true;
    const errno = result < 0 ? -result : lastErrno();
    if (errno === constants.errno.ENOENT) return false;
    throw new LibbpfError(`${name} (${this.name})`, errno, log);
  }

  #configure(
    name: 'bpf_map__set_max_entries' | 'bpf_map__set_autocreate' | 'bpf_map__reuse_fd',
    value: number | boolean,
  ): void {
    this.#open();
    const { result, log } = capture(() => Number(libbpf(name)(this.#handle, value)));
    if (result < 0) throw new LibbpfError(`${name} (${this.name})`, -result, log);
  }

  #expectSize(bytes: Uint8Array, size: number, what: string): void {
    if (bytes.length !== size) {
      throw new RangeError(`${what} of map ${this.name} must have ${size} bytes, not ${bytes.length}`);
    }
  }

  #open(): Pointer {
    this.#owner();
    return this.#handle;
  }
}
