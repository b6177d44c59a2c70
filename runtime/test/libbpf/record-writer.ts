import type { TestContext } from 'node:test';
import { BpfObject, type BpfMap, type RecordBuffer } from '../../src/libbpf/index.js';
import { compileBpf } from '../compiler.js';
import { u32 } from './bytes.js';

/** Bytes of the ring buffer: a page, so that records wrap after a few. */
export const ringSize = 4096;

/**
 * Writes records on request: its programs are run and not attached. The one that is attached, `on_exit`,
 * writes only for one call of one process.
 */
const bytes = compileBpf(`
struct {
	__uint(type, 27 /* ring buffer */);
	__uint(max_entries, ${ringSize});
} ring SEC(".maps");

struct {
	__uint(type, 4 /* perf event array */);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

struct request {
	__u32 size;
	__u32 is_discarded;
	__u8 bytes[2048];
};

struct {
	__uint(type, 2 /* array */);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct request);
} request SEC(".maps");

struct watched {
	__u32 pid;
	__u32 number;
	__u32 number_offset;
	__u32 count;
};

struct {
	__uint(type, 2 /* array */);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct watched);
} watched SEC(".maps");

SEC("raw_tp") int write_ring(void *ctx)
{
	__u32 key = 0;
	struct request *wanted = bpf_map_lookup_elem(&request, &key);
	__u64 size;

	if (!wanted)
		return 0;
	if (wanted->is_discarded) {
		void *record = bpf_ringbuf_reserve(&ring, 64, 0);

		if (record)
			bpf_ringbuf_discard(record, 0);
		return 0;
	}
	size = wanted->size;
	if (size > sizeof(wanted->bytes))
		return 0;
	return bpf_ringbuf_output(&ring, wanted->bytes, size, 0);
}

SEC("raw_tp") int write_perf(void *ctx)
{
	__u32 key = 0;
	struct request *wanted = bpf_map_lookup_elem(&request, &key);
	__u64 size;

	if (!wanted)
		return 0;
	size = wanted->size;
	if (size > sizeof(wanted->bytes))
		return 0;
	return bpf_perf_event_output(ctx, &perf, 0xffffffffULL /* this CPU */, wanted->bytes, size);
}

SEC("raw_tp") int watch_caller(void *ctx)
{
	__u32 key = 0;
	struct watched *process = bpf_map_lookup_elem(&watched, &key);

	if (process)
		process->pid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

SEC("raw_tp/sys_exit") int on_exit(__u64 *ctx)
{
	__u32 key = 0, number = 0;
	struct watched *process = bpf_map_lookup_elem(&watched, &key);

	if (!process || !process->pid || process->pid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number), (void *)ctx[0] + process->number_offset);
	if (number != process->number)
		return 0;
	__u32 record[2] = { process->count++, ctx[1] };
	bpf_ringbuf_output(&ring, record, sizeof(record), 0);
	return 0;
}
`);

/** A loaded object with one of its buffers open; both are closed at the end of the test. */
export class RecordWriter<T extends RecordBuffer> {
  readonly object: BpfObject;
  readonly buffer: T;
  readonly #kind: 'ring' | 'perf';

  constructor(context: TestContext, kind: 'ring' | 'perf', open: (map: BpfMap) => T) {
    this.object = BpfObject.openMemory(bytes);
    this.object.load();
    this.#kind = kind;
    this.buffer = open(this.object.map(kind));
    context.after(() => {
      this.buffer.close();
      this.object.close();
    });
  }

  /** 0, or a negative error number where the buffer is full. */
  write(content: Uint8Array): number {
    return this.#request(content, false);
  }

  /** Ring buffers only. */
  discard(): void {
    this.#request(new Uint8Array(), true);
  }

  /** Copies of the records that are there. */
  read(limit?: number): Buffer[] {
    const found: Buffer[] = [];
    this.buffer.consume((view, offset, length) => {
      found.push(copyOf(view, offset, length));
    }, limit);
    return found;
  }

  #request(content: Uint8Array, isDiscarded: boolean): number {
    const request = Buffer.concat([u32(content.length, isDiscarded ? 1 : 0), Buffer.alloc(2048)]);
    request.set(content, 8);
    this.object.map('request').set(u32(0), request);
    return this.object.program(`write_${this.#kind}`).testRun().returnValue | 0;
  }
}

export function copyOf(view: DataView, offset: number, length: number): Buffer {
  return Buffer.from(Buffer.from(view.buffer, view.byteOffset + offset, length));
}

/** Content of which each byte depends on the record and on its place. */
export function pattern(seed: number, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (seed * 31 + index * 7) & 0xff));
}
