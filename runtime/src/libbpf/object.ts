import { readFileSync } from 'node:fs';
import { LibbpfError, lastErrno } from './error.js';
import { capture } from './log.js';
import { BpfMap } from './map.js';
import { isNull, libbpf, type Pointer } from './native.js';
import { BpfProgram } from './program.js';

/** Size and start of `struct bpf_object_open_opts` up to object_name. */
const openOptionsSize = 72;

/** An object being prepared (programs chosen, maps sized) or loaded. */
export class BpfObject implements Disposable {
  #handle: Pointer | undefined;
  #isLoaded = false;
  readonly #programs = new Map<string, BpfProgram>();
  readonly #maps = new Map<string, BpfMap>();

  private constructor(handle: Pointer) {
    this.#handle = handle;
    const owner = (): Pointer => this.#open();
    for (const pointer of iterate('bpf_object__next_program', handle)) {
      const program = new BpfProgram(pointer, owner);
      this.#programs.set(program.name, program);
    }
    for (const pointer of iterate('bpf_object__next_map', handle)) {
      const map = new BpfMap(pointer, owner);
      this.#maps.set(map.name, map);
    }
  }

  /** Opens an object from its bytes; they are copied by libbpf. Throws {@link LibbpfError}. */
  static openMemory(bytes: Uint8Array): BpfObject {
    const options = Buffer.alloc(openOptionsSize);
    options.writeBigUInt64LE(BigInt(openOptionsSize));
    const { result, log } = capture(() => {
      const handle = libbpf('bpf_object__open_mem')(bytes, bytes.length, options) as Pointer | null;
      return { handle, errno: lastErrno() };
    });
    if (result.handle === null || isNull(result.handle)) {
      throw new LibbpfError('bpf_object__open_mem', result.errno, log);
    }
    return new BpfObject(result.handle);
  }

  static openFile(path: string): BpfObject {
    return BpfObject.openMemory(readFileSync(path));
  }

  programs(): BpfProgram[] {
    return [...this.#programs.values()];
  }

  /** Throws RangeError where the object has no such program. */
  program(name: string): BpfProgram {
    return find(this.#programs, name, 'program');
  }

  maps(): BpfMap[] {
    return [...this.#maps.values()];
  }

  /** Throws RangeError where the object has no such map. */
  map(name: string): BpfMap {
    return find(this.#maps, name, 'map');
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Creates the maps and loads the programs that are set to load. Throws {@link LibbpfError}. */
  load(): void {
    const handle = this.#open();
    const { result, log } = capture(() => Number(libbpf('bpf_object__load')(handle)));
    if (result < 0) throw new LibbpfError('bpf_object__load', -result, log);
    this.#isLoaded = true;
  }

  /** Frees everything; links must be destroyed and ring buffers closed before. Harmless when repeated. */
  close(): void {
    if (this.#handle === undefined) return;
    const handle = this.#handle;
    this.#handle = undefined;
    capture(() => libbpf('bpf_object__close')(handle));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): Pointer {
    if (this.#handle === undefined) throw new RangeError('this BPF object is closed');
    return this.#handle;
  }
}

function* iterate(
  next: 'bpf_object__next_program' | 'bpf_object__next_map',
  handle: Pointer,
): Generator<Pointer> {
  let pointer: Pointer | null = null;
  for (;;) {
    pointer = libbpf(next)(handle, pointer) as Pointer | null;
    if (pointer === null || isNull(pointer)) return;
    yield pointer;
  }
}

function find<T>(items: Map<string, T>, name: string, what: string): T {
  const item = items.get(name);
  if (item === undefined) {
    throw new RangeError(`no ${what} ${name} in this object; it has ${[...items.keys()].join(', ')}`);
  }
  return item;
}
