import { bufferKinds, layoutOf, settings, type BufferKind } from '../events/layout.js';
import { compareReleases, type Kernel } from '../host/kernel.js';
import {
  isMapTypeSupported,
  mapTypes,
  pageSize,
  PerfBuffer,
  possibleCpus,
  RingBuffer,
  type BpfObject,
  type RecordBuffer,
} from '../libbpf/index.js';
import type { EventSelection } from './kernel-config.js';

/** Bytes that each buffer holds: powers of two of at least a page. Perf buffers are that large on each CPU. */
export interface BufferSizes {
  readonly events: number;
  readonly detections: number;
  /** Missing where nothing is captured. */
  readonly captures?: number | undefined;
}

/**
 * Mapped pages count as memory of this process, twice: a buffer that nothing is written to is as small as can be.
 * That of detections holds thousands of records, for the time that a slow rule takes for one.
 */
export function sizesFor(
  selections: readonly EventSelection[],
  buffer: BufferKind,
  hasCaptures: boolean,
): BufferSizes {
  return {
    events: selections.some(({ isTraced }) => isTraced) ? eventBufferSize(buffer) : pageSize(),
    detections: selections.some(({ isDetected }) => isDetected) ? 2 * 1024 * 1024 : pageSize(),
    captures: hasCaptures ? captureBufferSize(buffer) : undefined,
  };
}

/**
 * For a hundred milliseconds of half a million events a second, most of which a file took while its pages were written
 * out: so long the runtime can be kept from its work.
 */
function eventBufferSize(buffer: BufferKind): number {
  const mebibyte = 1024 * 1024;
  return buffer === 'perf' ? 4 * mebibyte : Math.min(8 * ringShares(), 32) * mebibyte;
}

/** A ring buffer is shared by all CPUs, and its size is a power of two. */
function ringShares(): number {
  return 2 ** Math.ceil(Math.log2(possibleCpus()));
}

/** A program writes megabytes in one call; where each CPU has a buffer of its own, all of them have 32 MiB at most. */
function captureBufferSize(buffer: BufferKind): number {
  const largest = 8 * 1024 * 1024;
  if (buffer === 'ring') return largest;
  const share = 2 ** Math.floor(Math.log2((4 * largest) / possibleCpus()));
  return Math.min(largest, Math.max(share, pageSize()));
}

/** Pages for each CPU, as the original counts them: one buffer that all CPUs share has room for those of all. */
export function sizesPerCpu(
  pages: { readonly events?: number | undefined; readonly captures?: number | undefined },
  buffer: BufferKind,
): Partial<BufferSizes> {
  const cpus = buffer === 'ring' ? ringShares() : 1;
  const bytes = (count: number): number => Math.min(count * pageSize() * cpus, largestBuffer);
  return {
    ...(pages.events === undefined ? {} : { events: bytes(pages.events) }),
    ...(pages.captures === undefined ? {} : { captures: bytes(pages.captures) }),
  };
}

/** The kernel counts positions in 32 bits, and the memory is there from the start. */
const largestBuffer = 1024 ** 3;

/** Where records arrive. */
export interface Buffers {
  readonly events: RecordBuffer;
  readonly detections: RecordBuffer;
  readonly captures?: RecordBuffer | undefined;
  /** Nobody wakes the reader of events before several are there: it has to look by itself. */
  readonly areEventsSilent: boolean;
}

/** Maps of each kind, as they are called in the object. */
const mapsOf = {
  ring: { events: 'events', detections: 'detections', captures: 'captures' },
  perf: { events: 'perf_events', detections: 'perf_detections', captures: 'perf_captures' },
} as const;

/** What only programs of captures use. */
const captureMaps = [
  ...['captures', 'perf_captures', 'capture_config', 'capture_counts', 'capture_places', 'asked_writes'],
];

/** A wake-up for each record would cost ten times the record. */
const eventsPerWakeup = 64;

/** The best kind that the kernel has. */
export function bestBufferKind(): BufferKind {
  return isMapTypeSupported(mapTypes.ringBuffer) ? 'ring' : 'perf';
}

/** What an object is told before it is loaded, and what the verifier then knows: see `settings` of layout.ts. */
export interface LoadSettings {
  readonly events: number;
  readonly carried: number;
  readonly wires: number;
  readonly stacks: number;
  readonly filters: number;
  readonly comparisons: number;
  readonly typed_task: number;
}

/** `typed_task`: bpf_get_current_task_btf() is there since 5.11 (3ca1032ab7ab), and gives what the kernel's BTF says. */
export function isTaskTyped({ release, hasBtf }: Kernel): boolean {
  return hasBtf && compareReleases(release, '5.11') >= 0;
}

/** All that there is but `typed_task`, which is a matter of the kernel. */
const everything = {
  events: 0xffff_ffff,
  carried: 0xffff_ffff,
  wires: 0xffff_ffff,
  stacks: 1,
  filters: 1,
  comparisons: 1,
};

/** All that there is. */
export function allSettings(kernel: Kernel): LoadSettings {
  return { ...everything, typed_task: isTaskTyped(kernel) ? 1 : 0 };
}

/** Before loading: sizes of the maps of this kind; those of the other kind are not created. */
export function prepareBuffers(
  object: BpfObject,
  kind: BufferKind,
  sizes: BufferSizes,
  loadSettings: LoadSettings,
): void {
  const names = object.maps().map(({ name }) => name);
  const unused = [
    ...Object.values(mapsOf[kind === 'ring' ? 'perf' : 'ring']),
    ...(sizes.captures === undefined ? captureMaps : []),
  ];
  for (const name of unused) {
    if (names.includes(name)) object.map(name).setAutocreate(false);
  }
  if (kind === 'ring') {
    for (const [use, name] of Object.entries(mapsOf.ring) as [keyof BufferSizes, string][]) {
      const size = sizes[use];
      if (size !== undefined && names.includes(name)) object.map(name).setMaxEntries(size);
    }
  }
  // Objects for kernels without global data know only perf buffers.
  const section = names.find((name) => name.endsWith('.rodata.settings'));
  if (section === undefined) return;
  const { offsets, size } = layoutOf(settings);
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(bufferKinds[kind], offsets.get('buffer') ?? 0);
  for (const [name, value] of Object.entries(loadSettings)) {
    bytes.writeUInt32LE(value >>> 0, offsets.get(name) ?? 0);
  }
  object.map(section).setInitialValue(bytes);
}

/** After loading. */
export function openBuffers(object: BpfObject, kind: BufferKind, sizes: BufferSizes): Buffers {
  if (kind === 'ring') {
    return {
      events: new RingBuffer(object.map(mapsOf.ring.events)),
      detections: new RingBuffer(object.map(mapsOf.ring.detections)),
      captures: sizes.captures === undefined ? undefined : new RingBuffer(object.map(mapsOf.ring.captures)),
      areEventsSilent: false,
    };
  }
  const open = (name: string, sizeBytes: number, wakeupEvents: number): PerfBuffer =>
    new PerfBuffer(object.map(name), { sizeBytes, wakeupEvents });
  return {
    events: open(mapsOf.perf.events, sizes.events, eventsPerWakeup),
    detections: open(mapsOf.perf.detections, sizes.detections, 1),
    captures: sizes.captures === undefined ? undefined : open(mapsOf.perf.captures, sizes.captures, 1),
    areEventsSilent: true,
  };
}

export function closeBuffers({ events, detections, captures }: Buffers): void {
  events.close();
  detections.close();
  captures?.close();
}
