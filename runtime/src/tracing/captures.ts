import type { Architecture } from '../artifact/manifest.js';
import {
  captureCalls,
  captureConfig,
  captureCounts,
  captureKinds,
  maxCapturePrefixes,
  maxCapturePrefixSize,
  type CaptureKind,
} from '../events/capture-layout.js';
import { findEvent } from '../events/catalogue/index.js';
import { layoutOf, maxSyscalls, type HookKind } from '../events/layout.js';
import type { BpfObject } from '../libbpf/index.js';
import { climb, type Obstacle } from './plan.js';
import { attachment, type Attachment, type Rung } from './rungs.js';
import { entriesOn } from './syscall-entries.js';

/** What the kernel side is to capture. */
export interface CaptureRequest {
  readonly kinds: readonly CaptureKind[];
  /** What paths of written files begin with, one of these; all files where there are none. */
  readonly prefixes: readonly string[];
}

/** How one kind of capture is served, or why it is not: as a planned event. */
export interface PlannedCapture {
  readonly capture: CaptureKind;
  readonly kind: HookKind | undefined;
  readonly attachments: readonly Attachment[];
  readonly passedOver: readonly { readonly kind: HookKind; readonly reason: string }[];
}

/** What became of the captures of one kind in the kernel. */
export interface KernelCaptureCounts {
  /** Records for which there was no room. */
  readonly lost: bigint;
  /** Content that was not handed on: no room, or more than is taken of one call. */
  readonly lostBytes: bigint;
  /** Memory that could not be read. */
  readonly unreadBytes: bigint;
}

const rung = (kind: HookKind, attachments: Attachment[]): Rung => ({ kind, attachments });

/** System calls that are looked at when they return, where no function can be hooked. */
const onCalls = [
  rung('tp_btf', [attachment('tp_btf', 'tp_btf__capture_calls', 'sys_exit')]),
  rung('raw_tracepoint', [attachment('raw_tracepoint', 'raw_tp__capture_calls', 'sys_exit')]),
];

const onEntry = (name: string, target: string): [Attachment, Attachment] => [
  attachment('trampoline', `fentry__capture_${name}`, target),
  attachment('kprobe', `kprobe__capture_${name}`, target),
];
const mprotect = onEntry('mprotect', 'security_file_mprotect');
const loadData = onEntry('load_data', 'security_kernel_post_load_data');
const readFile = onEntry('read_file', 'security_kernel_post_read_file');

/** Ladders, best rung first. */
const ladders: Readonly<Record<CaptureKind, readonly Rung[]>> = {
  write: [
    rung('trampoline', [
      attachment('trampoline', 'fexit__capture_write', 'vfs_write'),
      attachment('trampoline', 'fexit__capture_writev', 'vfs_writev'),
    ]),
    rung(
      'kprobe',
      ['write', 'writev'].flatMap((name) => [
        attachment('kprobe', `kprobe__capture_${name}`, `vfs_${name}`),
        attachment('kprobe', 'kretprobe__capture_write', `vfs_${name}`, { isReturn: true }),
      ]),
    ),
    ...onCalls,
  ],
  exec: [
    rung('tp_btf', [attachment('tp_btf', 'tp_btf__capture_exec', 'sched_process_exec')]),
    rung('raw_tracepoint', [attachment('raw_tracepoint', 'raw_tp__capture_exec', 'sched_process_exec')]),
  ],
  mem: [rung('trampoline', [mprotect[0]]), rung('kprobe', [mprotect[1]]), ...onCalls],
  module: [
    rung('trampoline', [loadData[0], readFile[0]]),
    rung('kprobe', [loadData[1], readFile[1]]),
    ...onCalls,
  ],
};

/** The system calls of each kind, and how they are looked at. */
const callsOf: Readonly<Record<CaptureKind, Readonly<Record<string, keyof typeof captureCalls>>>> = {
  write: { write: 'write', pwrite64: 'pwrite', writev: 'writev', pwritev: 'pwritev', pwritev2: 'pwritev' },
  exec: {},
  mem: { mprotect: 'mprotect', pkey_mprotect: 'mprotect' },
  module: { init_module: 'init_module', finit_module: 'finit_module' },
};

/** Takes the best rung of each kind that meets no obstacle. */
export function planCaptures(request: CaptureRequest | undefined, obstacle: Obstacle): PlannedCapture[] {
  return (request?.kinds ?? []).map((capture) => ({ capture, ...climb(ladders[capture], obstacle) }));
}

/** Tells the kernel side what is asked for. */
export function configureCaptures(
  object: BpfObject,
  plan: readonly PlannedCapture[],
  { prefixes }: CaptureRequest,
  arch: Architecture,
): void {
  object.map('capture_config').set(Buffer.alloc(4), encodeCaptureConfig(plan, prefixes, arch));
}

/** A `capture_config`. */
export function encodeCaptureConfig(
  plan: readonly PlannedCapture[],
  prefixes: readonly string[],
  arch: Architecture,
): Buffer {
  const { offsets, size } = layoutOf(captureConfig);
  const at = (field: string): number => offsets.get(field) ?? 0;
  const bytes = Buffer.alloc(size);
  const served = plan.filter(({ kind }) => kind !== undefined);
  bytes.writeUInt32LE(
    served.reduce((bits, { capture }) => bits | (1 << captureKinds[capture]), 0),
    at('kinds'),
  );
  if (prefixes.length > maxCapturePrefixes) throw new RangeError(`${prefixes.length} prefixes`);
  bytes.writeUInt32LE(prefixes.length, at('prefixes'));
  for (const [index, prefix] of prefixes.entries()) {
    const text = Buffer.from(prefix);
    if (text.length > maxCapturePrefixSize) throw new RangeError(`a prefix of ${text.length} bytes`);
    bytes.writeBigUInt64LE(BigInt(text.length), at('prefix_lengths') + 8 * index);
    text.copy(bytes, at('prefix_words') + maxCapturePrefixSize * index);
    const mask = at('prefix_masks') + maxCapturePrefixSize * index;
    bytes.fill(0xff, mask, mask + text.length);
  }
  for (const { capture, attachments } of served) {
    if (!attachments.some(({ target }) => target === 'sys_exit')) continue;
    for (const [name, code] of Object.entries(callsOf[capture])) {
      for (const number of numbersOf(name, arch)) bytes.writeUInt8(captureCalls[code], at('calls') + number);
    }
  }
  return bytes;
}

/**
 * Numbers of a call, those of 32-bit callers behind the others. Not on arm64, where a 64-bit argument of such a
 * caller begins in an even register.
 */
function numbersOf(name: string, arch: Architecture): number[] {
  const syscall = findEvent(name)?.syscall;
  if (syscall === undefined) return [];
  const { native, compat } = entriesOn(syscall, arch);
  return [
    ...native.map(([number]) => number),
    ...(arch === 'x86_64' ? compat.map(([number]) => maxSyscalls + number) : []),
  ];
}

const countsLayout = layoutOf(captureCounts);

/** Since start. */
export function readCaptureCounts(
  object: BpfObject,
  plan: readonly PlannedCapture[],
): Map<CaptureKind, KernelCaptureCounts> {
  const map = object.map('capture_counts');
  return new Map(
    plan.map(({ capture }) => {
      const key = Buffer.alloc(4);
      key.writeUInt32LE(captureKinds[capture]);
      const bytes = Buffer.from(map.get(key) ?? new Uint8Array());
      const sum = (field: string): bigint => {
        let total = 0n;
        for (let start = 0; start < bytes.length; start += countsLayout.size)
          total += bytes.readBigUInt64LE(start + (countsLayout.offsets.get(field) ?? 0));
        return total;
      };
      return [capture, { lost: sum('lost'), lostBytes: sum('lost_bytes'), unreadBytes: sum('unread_bytes') }];
    }),
  );
}
