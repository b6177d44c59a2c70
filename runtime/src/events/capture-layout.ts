import type { StructLayout } from './layout.js';

/** The structures of captures, which kernel side and runtime share as those of `layout.ts`. */

/** Bytes of content in one record. */
export const maxCapturePiece = 16 * 1024;

/** Prefixes of paths, and the room of each: PREFIX* of 50 bytes at most. */
export const maxCapturePrefixes = 3;
export const maxCapturePrefixSize = 64;

/** Heads every record of a capture. Ids are of the host unless `ns` is in the name. */
export const captureHeader: StructLayout = {
  name: 'capture_header',
  fields: [
    ['size', 'u32', 'bytes of the whole record'],
    ['kind', 'u8', 'CAPTURE_*: what is captured'],
    ['part', 'u8', 'PART_*: what stands behind this header'],
    ['hook', 'u8', 'HOOK_*'],
    ['flags', 'u8', 'CAPTURED_*'],
    ['time', 'u64', 'CLOCK_MONOTONIC; the same in all records of one capture'],
    ['start_time', 'u64', 'of the process, since boot'],
    ['inode', 'u64', ''],
    ['offset', 'u64', 'of the bytes: in the file, or from the beginning of the memory'],
    ['total', 'u64', 'bytes of the whole capture'],
    ['dev', 'u32', 'of the file system, major << 20 | minor'],
    ['mode', 'u32', 'type and permissions of the file'],
    ['mnt_ns', 'u32', 'inode number'],
    ['host_pid', 'u32', ''],
    ['host_tid', 'u32', ''],
    ['ns_pid', 'u32', 'as the process sees itself'],
    ['length', 'u32', 'bytes behind this header'],
    ['descriptor', 's32', 'that the file is open on, -1 where nobody knows'],
  ],
};

/** Written by the runtime before anything is attached. */
export const captureConfig: StructLayout = {
  name: 'capture_config',
  fields: [
    ['kinds', 'u32', 'bit n: CAPTURE_* n is asked for'],
    ['prefixes', 'u32', 'in use; 0: files of all paths'],
    ['prefix_lengths', 'u64[3]', ''],
    ['prefix_words', 'u64[24]', '64 bytes of each, padded with zeros'],
    ['prefix_masks', 'u64[24]', 'which of them count'],
    ['calls', 'u8[1024]', 'CAPTURE_CALL_* of system calls; 32-bit callers stand MAX_SYSCALLS higher'],
  ],
};

/** One per kind of capture and CPU. */
export const captureCounts: StructLayout = {
  name: 'capture_counts',
  fields: [
    ['submitted', 'u64', 'records'],
    ['lost', 'u64', 'records for which the buffer had no room'],
    ['lost_bytes', 'u64', 'of content that was not handed on: no room, or more than one call may have'],
    ['unread_bytes', 'u64', 'of memory that could not be read'],
  ],
};

export const captureStructs = [captureHeader, captureConfig, captureCounts] as const;

/** `capture_header.kind` */
export const captureKinds = { write: 1, exec: 2, mem: 3, module: 4 } as const;
export type CaptureKind = keyof typeof captureKinds;

/**
 * `capture_header.part`: the path of a file (heads a capture), content, the name of a script as its interpreter was
 * given it.
 */
export const captureParts = { file: 1, bytes: 2, script: 3 } as const;

/**
 * `capture_header.flags`: the path is /dev/null or begins so; the path was cut; the bytes come from the runtime
 * opening the file, not from the kernel.
 */
export const captureFlags = { null_device: 1, path_cut: 2, by_file: 4 } as const;

/** `capture_config.calls`: how a system call that returns is looked at. */
export const captureCalls = {
  write: 1,
  pwrite: 2,
  writev: 3,
  pwritev: 4,
  mprotect: 5,
  init_module: 6,
  finit_module: 7,
} as const;
