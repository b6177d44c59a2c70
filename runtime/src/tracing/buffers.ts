import { bufferKinds, layoutOf, settings, type BufferKind } from '../events/layout.js';
import {
  isMapTypeSupported,
  mapTypes,
  PerfBuffer,
  RingBuffer,
  type BpfObject,
  type RecordBuffer,
} from '../libbpf/index.js';

/** Bytes that each buffer holds: powers of two of at least a page. Perf buffers are that large on each CPU. */
export interface BufferSizes {
  readonly events: number;
  readonly detections: number;
}

/** Where records arrive. */
export interface Buffers {
  readonly events: RecordBuffer;
  readonly detections: RecordBuffer;
  /** Nobody wakes the reader of events before several are there: it has to look by itself. */
  readonly areEventsSilent: boolean;
}

/** Maps of each kind, as they are called in the object. */
const mapsOf = {
  ring: { events: 'events', detections: 'detections' },
  perf: { events: 'perf_events', detections: 'perf_detections' },
} as const;

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
}

/** All that there is. */
export const everything: LoadSettings = {
  events: 0xffff_ffff,
  carried: 0xffff_ffff,
  wires: 0xffff_ffff,
};

/** Before loading: sizes of the maps of this kind; those of the other kind are not created. */
export function prepareBuffers(
  object: BpfObject,
  kind: BufferKind,
  sizes: BufferSizes,
  { events, carried, wires }: LoadSettings,
): void {
  const names = object.maps().map(({ name }) => name);
  const unused = mapsOf[kind === 'ring' ? 'perf' : 'ring'];
  for (const name of Object.values(unused)) {
    if (names.includes(name)) object.map(name).setAutocreate(false);
  }
  if (kind === 'ring') {
    for (const [use, name] of Object.entries(mapsOf.ring) as [keyof BufferSizes, string][]) {
      if (names.includes(name)) object.map(name).setMaxEntries(sizes[use]);
    }
  }
  // Objects for kernels without global data know only perf buffers.
  const section = names.find((name) => name.endsWith('.rodata.settings'));
  if (section === undefined) return;
  const { offsets, size } = layoutOf(settings);
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(bufferKinds[kind], offsets.get('buffer') ?? 0);
  for (const [name, value] of Object.entries({ events, carried, wires })) {
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
      areEventsSilent: false,
    };
  }
  const open = (name: string, sizeBytes: number, wakeupEvents: number): PerfBuffer =>
    new PerfBuffer(object.map(name), { sizeBytes, wakeupEvents });
  return {
    events: open(mapsOf.perf.events, sizes.events, eventsPerWakeup),
    detections: open(mapsOf.perf.detections, sizes.detections, 1),
    areEventsSilent: true,
  };
}

export function closeBuffers({ events, detections }: Buffers): void {
  events.close();
  detections.close();
}
